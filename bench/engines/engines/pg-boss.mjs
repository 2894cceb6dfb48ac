import { PgBoss } from 'pg-boss';
import { deliver } from '../deliver.mjs';
import { withDomain } from '../domain.mjs';

const QUEUE = 'replies';

export const name = 'pg-boss, key_strict_fifo';

/** As it comes: expiry after 15 minutes, checked each minute. Tuned: heartbeats of 10 s, its least, checked each second. */
const open = async ({ databaseUrl, tuned }) => {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    useListenNotify: true,
    ...(tuned ? { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 } : {}),
  });
  boss.on('error', (error) => console.error(error.message));
  await boss.start();
  return boss;
};

export async function openProducer(context) {
  const boss = await open(context);
  await boss.createQueue(QUEUE, {
    policy: 'key_strict_fifo',
    notify: true,
    retryLimit: context.attempts - 1,
    retryDelay: 1,
    ...(context.tuned ? { heartbeatSeconds: 10 } : {}),
  });
  const domain = await withDomain(context.databaseUrl);
  return {
    enqueue: ({ conversation, n }, options = {}) =>
      domain.say({ conversation, n }, options, (client) =>
        boss.send(
          QUEUE,
          { conversation, n },
          {
            singletonKey: conversation,
            db: { executeSql: (text, values) => client.query(text, values) },
          },
        ),
      ),
    async close() {
      await domain.close();
      await boss.stop({ graceful: false });
    },
  };
}

export async function startWorker(context) {
  const boss = await open(context);
  await boss.work(
    QUEUE,
    { localConcurrency: 16, pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 },
    async ([job]) => deliver(context.farUrl, job.data),
  );
}
