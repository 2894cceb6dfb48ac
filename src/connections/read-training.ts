import type { TrainingStatus } from '../connectors/connector.js';
import type { ConnectorRegistry } from '../connectors/registry.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { OpenAccount } from './open-account.js';
import { notSupported, refuseFailure } from './refuse.js';

export type TrainingReading =
  | { outcome: 'done'; value: TrainingStatus }
  | {
      outcome: 'refused';
      code: 'not_supported' | 'account_refused' | 'account_unavailable';
      message: string;
    };

/** Asks a connection's account how far it has learnt from a source. */
export function createReadTraining(deps: { openAccount: OpenAccount; connectors: ConnectorRegistry }) {
  return async (
    scope: WorkspaceScope,
    connectionId: string,
    externalSourceId: string,
  ): Promise<TrainingReading> => {
    const opened = await deps.openAccount(scope, connectionId);
    const connector = deps.connectors.find(opened?.connection.connector ?? '');
    if (opened === undefined || connector?.side !== 'chat' || connector.readTraining === undefined)
      return notSupported;
    const training = await connector.readTraining(opened.account, externalSourceId);
    return training.outcome === 'read'
      ? { outcome: 'done', value: training.status }
      : refuseFailure(training);
  };
}
