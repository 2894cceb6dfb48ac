import { connect, type Socket } from 'node:net';
import { Agent, request } from 'node:http';
import { existsSync } from 'node:fs';
import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { pause } from '../lab/figures.js';
import type { LabHouse } from '../lab/lab-house.js';
import { openServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { openLanes, post, startTraffic, webhookBody } from '../lab/traffic.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { skipped, verdictOn } from '../lab/verdict.js';

const PRLIMIT = '/usr/bin/prlimit';
/** Several times what its own work takes. */
const HANDLES = 256;
const IDLE = 400;
const HELD_MILLISECONDS = 2_000;

/**
 * Idle connections use up the process's file handles: who comes then is refused, who was there is served, and when
 * they leave everything goes on, in the same process.
 */
export const campaign: Campaign = {
  name: 'handles-exhausted',
  ids: ['F10'],
  databases: ['server'],
  async run({ cycles = 1, isLate }) {
    const missing = whyNoPostgres() ?? (existsSync(PRLIMIT) ? undefined : `${PRLIMIT} is not there`);
    if (missing !== undefined) return skipped(missing);
    const server = await openServerHouse({
      house: { command: [PRLIMIT, `--nofile=${HANDLES}:${HANDLES}`, '--'] },
    });
    const { house } = server;
    const broken: Omit<BrokenPromise, 'class'>[] = [];
    let trials = 0;
    let refused = 0;
    try {
      const lanes = await openLanes(house, 6);
      for (; trials < cycles && !isLate(); trials += 1) {
        const found = await exhaustOnce(house, lanes, trials);
        broken.push(...found.broken);
        refused += found.refused;
      }
      await house.settle(120);
      if (!house.isRunning() || house.starts() !== 1)
        broken.push({ about: 'the process lives', detail: house.output().slice(-400) });
      return verdictOn({
        trials,
        tally: await tallyLanes(house, lanes),
        broken,
        figures: { refusedMeanwhile: refused, files: house.weigh().files },
      });
    } finally {
      await server.close();
    }
  },
};

type Lanes = Awaited<ReturnType<typeof openLanes>>;

async function exhaustOnce(house: LabHouse, lanes: Lanes, round: number) {
  const broken: Omit<BrokenPromise, 'class'>[] = [];
  const traffic = startTraffic(house, lanes, { everyMilliseconds: 100 });
  const guest = openGuest(house, lanes);
  if ((await guest.write(`${round}-before`)) !== 200)
    broken.push({ about: 'a guest is served', detail: 'before anything was wrong' });
  const idle = await fill(house);
  const served: number[] = [];
  let refused = 0;
  const from = performance.now();
  for (let n = 0; performance.now() - from < HELD_MILLISECONDS; n += 1) {
    served.push(await guest.write(`${round}-${n}`));
    const stranger = await post(`${house.url}/health/live`, {}, '', 1_000);
    if (stranger.status === 0) refused += 1;
    await pause(100);
  }
  const unserved = served.filter((status) => status !== 200);
  if (unserved.length > 0)
    broken.push({
      about: 'who was there is served',
      detail: `${unserved.length} of ${served.length}: ${unserved[0]}`,
    });
  if (refused === 0)
    broken.push({ about: 'the handles were used up', detail: `${house.weigh().files} of ${HANDLES}` });
  for (const socket of idle) socket.destroy();
  await waitFor(
    'strangers to be served again',
    async () => (await fetch(`${house.url}/health/ready`)).ok,
    30,
  ).catch((error: unknown) => broken.push({ about: 'it goes on by itself', detail: String(error) }));
  guest.close();
  await traffic.stop(90);
  return { broken, refused };
}

/** Connections that say nothing, until no more are taken. */
async function fill(house: LabHouse): Promise<Socket[]> {
  const { hostname, port } = new URL(house.url);
  const sockets: Socket[] = [];
  for (let n = 0; n < IDLE; n += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    sockets.push(socket);
  }
  await waitFor('the handles to be used up', () => house.weigh().files >= HANDLES - 4, 20).catch(
    () => undefined,
  );
  return sockets;
}

/** A sender on one connection that was open before. */
function openGuest(house: LabHouse, lanes: Lanes) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const [lane] = lanes;
  if (lane === undefined) throw new Error('there is no lane');
  return {
    /** It asks for what changes nothing, but is looked up. @returns the status, 0 for no answer */
    write: (id: string): Promise<number> =>
      new Promise((resolve) => {
        const body = webhookBody({ webhookToken: house.webhookToken }, lane.visitor, `guest-${id}`, 'start');
        const sent = request(
          house.webhookUrl,
          { method: 'POST', agent, headers: { 'content-type': 'application/json' }, timeout: 10_000 },
          (response) => {
            response.resume();
            response.on('end', () => resolve(response.statusCode ?? 0));
          },
        );
        sent.on('timeout', () => sent.destroy());
        sent.on('error', () => resolve(0));
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
