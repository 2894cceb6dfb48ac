import { connect, type Socket } from 'node:net';
import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { pause, percentile, rounded } from '../lab/figures.js';
import { openLabHouse, type LabHouse } from '../lab/lab-house.js';
import { openServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { openLanes, startTraffic } from '../lab/traffic.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { skipped, verdictOn } from '../lab/verdict.js';

const SENDERS = 150;
const DRIP_MILLISECONDS = 500;
/** Before, and again while they drip: from the same run, so that a slow machine is not a slow bridge. */
const WATCHED_MILLISECONDS = 6_000;
const OTHERS_P99_MILLISECONDS = 1_000;
/** A head may take 15 s, and is looked at every 30. */
const CLOSED_SECONDS = 60;

type Drip = { name: string; head: string; byte: string };

/**
 * Requests that come a byte at a time, to the webhooks' door and to a session of the sockets that polls: everybody
 * else is served as ever, and those who never end their head are shown out.
 */
export const campaign: Campaign = {
  name: 'slow-senders',
  ids: ['F56'],
  databases: ['embedded', 'server'],
  async run({ database }) {
    if (database === 'embedded') {
      const house = await openLabHouse({});
      return judge(house).finally(() => house.close());
    }
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const server = await openServerHouse();
    return judge(server.house).finally(() => server.close());
  },
};

async function judge(house: LabHouse) {
  const broken: Omit<BrokenPromise, 'class'>[] = [];
  const lanes = await openLanes(house, 8);
  const traffic = startTraffic(house, lanes, { everyMilliseconds: 60 });
  const p99Between = (from: number, to: number): number => {
    const met = [...traffic.webhookAnswers(), ...traffic.replyAnswers()].filter(
      ({ at }) => at >= from && at < to,
    );
    return percentile(
      met.map(({ milliseconds }) => milliseconds),
      0.99,
    );
  };
  const begun = performance.now();
  await pause(WATCHED_MILLISECONDS);
  const filesBefore = house.weigh().files;
  const drips = await dripsFor(house);
  const senders = Array.from({ length: SENDERS }, (_none, n) => drip(house, drips[n % drips.length]));
  const dripping = performance.now();
  await pause(WATCHED_MILLISECONDS);
  const [before, during] = [p99Between(begun, dripping), p99Between(dripping, performance.now())];
  if (during > Math.max(OTHERS_P99_MILLISECONDS, before * 2))
    broken.push({
      about: 'everybody else is served',
      detail: `p99 ${rounded(before)} → ${rounded(during)} ms`,
    });
  const heads = senders.filter(({ name }) => name === 'head');
  await waitFor(
    'the heads to be shown out',
    () => heads.every(({ isClosed }) => isClosed()),
    CLOSED_SECONDS,
  ).catch(() => {
    const open = heads.filter(({ isClosed }) => !isClosed()).length;
    broken.push({ about: 'who never ends a head is shown out', detail: `${open} of ${heads.length} are in` });
  });
  const seconds = rounded((performance.now() - dripping) / 1_000);
  for (const sender of senders) sender.stop();
  await traffic.stop(60);
  await house.settle(60);
  await waitFor('the handles to be given back', () => house.weigh().files <= filesBefore + 20, 20).catch(() =>
    broken.push({ about: 'handles are given back', detail: `${filesBefore} → ${house.weigh().files}` }),
  );
  return verdictOn({
    trials: senders.length,
    tally: await tallyLanes(house, lanes),
    broken,
    figures: { p99BeforeMs: rounded(before), p99DuringMs: rounded(during), headsClosedSeconds: seconds },
  });
}

/** A head without end, a body without end, and a binary body to a polling session. */
async function dripsFor(house: LabHouse): Promise<Drip[]> {
  const path = new URL(house.webhookUrl).pathname;
  const host = 'Host: 127.0.0.1\r\n';
  const opened = await fetch(`${house.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse((await opened.text()).replace(/^0/u, '')) as { sid: string };
  const polling = `POST /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\n${host}`;
  return [
    { name: 'head', head: `POST ${path} HTTP/1.1\r\n${host}X-Long: `, byte: 'a' },
    {
      name: 'body',
      head: `POST ${path} HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"token":"`,
      byte: 'a',
    },
    {
      name: 'polling',
      head: `${polling}Content-Type: application/octet-stream\r\nContent-Length: 5000\r\n\r\n`,
      byte: '\u0001',
    },
  ];
}

function drip(house: LabHouse, one: Drip | undefined) {
  if (one === undefined) throw new Error('there is nothing to drip');
  const { hostname, port } = new URL(house.url);
  const socket: Socket = connect(Number(port), hostname);
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  socket.resume();
  socket.write(one.head);
  const timer = setInterval(() => {
    if (!closed) socket.write(one.byte);
  }, DRIP_MILLISECONDS);
  return {
    name: one.name,
    isClosed: () => closed,
    stop() {
      clearInterval(timer);
      socket.destroy();
    },
  };
}
