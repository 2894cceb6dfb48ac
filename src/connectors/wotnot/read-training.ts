import type { Account, FailedSend, TrainingStatus } from '../connector.js';
import { ask } from './ask.js';
import type { ClientShelf } from './open-client.js';

/** Whether WotNot's bots can answer from a data source by now. */
export async function readTraining(
  clients: ClientShelf,
  account: Account,
  externalSourceId: string,
): Promise<{ outcome: 'read'; status: TrainingStatus } | FailedSend> {
  return ask(clients, account, async ({ client }) => {
    const { sources } = await client.getTrainingStatus({ source_ids: [externalSourceId] });
    const [source] = sources;
    return { outcome: 'read' as const, status: statusOf(source?.status) };
  });
}

/** A source that WotNot does not list any more was deleted there: nobody will be answered from it. */
function statusOf(word: string | undefined): TrainingStatus {
  if (word === undefined || /fail|error/i.test(word)) return 'failed';
  return /^(trained|completed?)$/i.test(word) ? 'trained' : 'in-progress';
}
