import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * `point`: where to do it; `skip`: how often to pass it first; `deed`: what is done there; `mark`: written beside it; `milliseconds`: how far
 * into it; `broken`: which promise to break; `hesitate`: milliseconds before each sending; `block`: milliseconds for which
 * nothing else runs when SIGUSR2 comes.
 */
const {
  point,
  skip = '0',
  deed = 'kill',
  mark = '',
  broken,
  milliseconds = '1',
  hesitate = '0',
  block,
} = JSON.parse(process.env.FAULTS_TAMPERING ?? '{}');
let seen = 0;

if (block !== undefined) {
  process.on('SIGUSR2', () => {
    for (const until = performance.now() + Number(block); performance.now() < until; );
    writeSync(2, 'was blocked\n');
  });
}

const deeds = {
  /** Dies: at once, with nothing finished and nobody told. */
  kill() {
    process.kill(process.pid, 'SIGKILL');
    for (;;);
  },
  /** What nobody catches. */
  exception() {
    setImmediate(() => {
      throw new Error('planted surprise');
    });
  },
  rejection() {
    void Promise.reject(new Error('planted surprise'));
  },
  /** The step itself fails. */
  throw() {
    throw new Error('planted surprise');
  },
};

/** Does it here if this is the point. */
function reach(name) {
  if (name !== point) return;
  seen += 1;
  if (deed === 'kill' ? seen <= Number(skip) : seen !== Number(skip) + 1) return;
  writeSync(2, `reached ${name}${mark}\n`);
  deeds[deed]();
}

/** Dies while it is under way. */
async function amid(name, work, milliseconds) {
  const result = work();
  if (name !== point) return result;
  result.catch(() => undefined);
  await pause(milliseconds);
  reach(name);
  return result;
}

/** Before, amid and after an asynchronous step. */
async function around(what, work) {
  reach(`before ${what}`);
  const result = await amid(`amid ${what}`, work, 1);
  reach(`after ${what}`);
  return result;
}

const wrappers = {
  createGroupCommit(real) {
    if (broken !== 'acknowledges before it commits') return real;
    return {
      ...real,
      commit(events) {
        setTimeout(() => void real.commit(events), 400);
        return Promise.resolve({ outcome: 'recorded', events: events.map(() => 'recorded') });
      },
    };
  },
  createInbox: (real) => ({
    ...real,
    record: (...given) => around('the commit of the intake', () => real.record(...given)),
  }),
  createConversationWriter: (real) => ({
    ...real,
    write: (...given) => around('the commit of the projection', () => real.write(...given)),
  }),
  createOutbox: (real) => ({
    ...real,
    async take(...given) {
      const taken = await amid('amid the lease', () => real.take(...given), 1);
      if (taken.outcome === 'send') reach('after the lease');
      return taken;
    },
    settle: (head, fence, settlement, ...more) =>
      around(`settling as ${settlement.as}`, () => real.settle(head, fence, settlement, ...more)),
  }),
  createDeliveryList: (real) => ({
    ...real,
    redrive: (...given) => around('the redrive', () => real.redrive(...given)),
  }),
  createSchemaEngine: async (engine) => {
    const real = await engine;
    return {
      applyMigrations: (...given) =>
        amid('amid the migration', () => real.applyMigrations(...given), Number(milliseconds)),
      free: () => real.free(),
    };
  },
  createWotNotConnector: (real) => ({
    ...real,
    async send(...given) {
      // A name server or a connection may take as long.
      if (hesitate !== '0') await pause(Number(hesitate));
      return amid('with the request sent and the answer unread', () => real.send(...given), 1_000);
    },
  }),
};

/** The factory as it was, what it makes put through its wrapper. */
export const wrap =
  (name, factory) =>
  (...given) =>
    wrappers[name](factory(...given));
