import { Queue, Worker } from 'bullmq';
import { deliver } from '../deliver.mjs';
import { withDomain } from '../domain.mjs';

export const name = 'BullMQ, a queue per conversation, one job at a time';

const connection = { host: '127.0.0.1', port: 6379 };
const prefixOf = ({ run }) => `engines-${run}`;

/** Groups are part of the paid edition; what the open one has for order is a queue with a global concurrency of 1. */
export async function openProducer(context) {
  const queues = new Map();
  for (let n = 0; n < context.conversations; n += 1) {
    const queue = new Queue(`conversation-${n}`, { connection, prefix: prefixOf(context) });
    await queue.setGlobalConcurrency(1);
    queues.set(String(n), queue);
  }
  const domain = await withDomain(context.databaseUrl);
  return {
    // Redis takes no part in the transaction: the job is added before its commit, or after it.
    enqueue: ({ conversation, n }, options = {}) =>
      domain.say({ conversation, n }, options, () =>
        queues.get(conversation).add(
          'deliver',
          { conversation, n },
          {
            attempts: context.attempts,
            backoff: { type: 'fixed', delay: 1_000 },
            removeOnComplete: true,
          },
        ),
      ),
    async close() {
      await domain.close();
      for (const queue of queues.values()) await queue.obliterate({ force: true });
      for (const queue of queues.values()) await queue.close();
    },
  };
}

export async function startWorker(context) {
  for (let n = 0; n < context.conversations; n += 1) {
    new Worker(`conversation-${n}`, (job) => deliver(context.farUrl, job.data), {
      connection,
      prefix: prefixOf(context),
      concurrency: 1,
      ...(context.tuned ? { lockDuration: 4_000, stalledInterval: 1_000 } : {}),
    }).on('error', () => undefined);
  }
}
