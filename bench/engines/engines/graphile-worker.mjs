import { makeWorkerUtils, run } from 'graphile-worker';
import { deliver } from '../deliver.mjs';
import { withDomain } from '../domain.mjs';

export const name = 'graphile-worker, a named queue per conversation';

/** As it comes: a dead worker's jobs are free after 4 hours, a constant in its SQL; nothing to tune but how often it looks. */
const preset = ({ databaseUrl, tuned }) => ({
  worker: {
    connectionString: databaseUrl,
    concurrentJobs: 16,
    maxPoolSize: 18,
    pollInterval: 500,
    ...(tuned ? { minResetLockedInterval: 1_000, maxResetLockedInterval: 1_000 } : {}),
  },
});

export async function openProducer(context) {
  const utils = await makeWorkerUtils({ connectionString: context.databaseUrl });
  await utils.migrate();
  const domain = await withDomain(context.databaseUrl);
  return {
    enqueue: ({ conversation, n }, options = {}) =>
      domain.say({ conversation, n }, options, (client) =>
        client.query(
          'SELECT graphile_worker.add_job($1, payload => $2, queue_name => $3, max_attempts => $4)',
          ['deliver', JSON.stringify({ conversation, n }), `conversation ${conversation}`, context.attempts],
        ),
      ),
    async close() {
      await domain.close();
      await utils.release();
    },
  };
}

export async function startWorker(context) {
  await run({
    preset: preset(context),
    noHandleSignals: true,
    logger: undefined,
    taskList: { deliver: (payload) => deliver(context.farUrl, payload) },
  });
}
