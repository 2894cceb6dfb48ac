/*
 * Loaded before the bridge by `--import`: the driver answers some of the writes with an error. Told by the
 * environment: LAB_QUERY_FAULTS = {"kind": "executed" | "conflict", "share": 0.01, "commitShare": 0.1, "seed": 1,
 * "tell": "/file"}.
 * `executed`: the write is done, and then said to have had no answer in time. `conflict`: it is not done, and
 * refused as a serialization failure or a deadlock would be. Each time a letter is added to the file.
 */
import { appendFileSync } from 'node:fs';
import pg from 'pg';

const plan = JSON.parse(process.env.LAB_QUERY_FAULTS ?? '{"share":0}');
const isWrite = /^\s*(?:COMMIT|INSERT|UPDATE|DELETE|WITH[^]*?\b(?:INSERT INTO|UPDATE|DELETE FROM)\b)/;

let state = plan.seed >>> 0 || 1;
function dice() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (...given) {
  const text = typeof given[0] === 'string' ? given[0] : (given[0]?.text ?? '');
  const isCommit = text.startsWith('COMMIT');
  const share = isCommit ? plan.commitShare : plan.share;
  if (!isWrite.test(text) || dice() >= share) return query.apply(this, given);
  appendFileSync(plan.tell, isCommit ? 'c' : 'w');
  const callback = typeof given.at(-1) === 'function' ? given.pop() : undefined;
  const refused = plan.kind === 'executed' ? afterwards(this, given) : Promise.reject(conflict());
  if (callback === undefined) return refused;
  refused.catch((error) => callback(error));
  return undefined;
};

async function afterwards(client, given) {
  await query.apply(client, given);
  throw new Error('Query read timeout');
}

function conflict() {
  const isDeadlock = dice() < 0.5;
  const error = new pg.DatabaseError(
    isDeadlock ? 'deadlock detected' : 'could not serialize access due to concurrent update',
    100,
    'error',
  );
  return Object.assign(error, { code: isDeadlock ? '40P01' : '40001', severity: 'ERROR' });
}
