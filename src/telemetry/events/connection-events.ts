import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

interface Linked {
  connector: string;
  workspaceId: string;
  connectionId: string;
}

export interface ConnectionEvents {
  /** `by`: a principal's id, with the code `by_hand`; or `delivery` when the outside refused our credentials. */
  connectionPaused(line: Linked & { code: string; by: string }): void;
  connectionResumed(line: Linked & { by: string }): void;
  connectionChanged(
    line: Linked & {
      change:
        | 'created'
        | 'settings_changed'
        | 'registered'
        | 'not_registered'
        | 'token_rotated'
        | 'credentials_replaced'
        | 'disconnected';
      by: string;
      code?: string;
    },
  ): void;
  /** Telling the outside of its webhook has ended in a way that nothing foresees; it stays owed. */
  registrationFailed(line: { workspaceId: string; connectionId: string; error: unknown }): void;
  /** The outside account fails so often that it is left alone for a while. */
  breakerOpened(line: Linked & { seconds: number }): void;
  breakerClosed(line: Linked): void;
}

export function createConnectionEvents(log: Log, metrics: Metrics): ConnectionEvents {
  const changes = metrics.counter('connection_changes_total', 'What became of connections', [
    'connector',
    'change',
  ]);
  return {
    connectionPaused(line) {
      changes({ connector: line.connector, change: 'paused' });
      log[line.code === 'by_hand' ? 'info' : 'warn']('connection.paused', line);
    },
    connectionResumed(line) {
      changes({ connector: line.connector, change: 'resumed' });
      log.info('connection.resumed', line);
    },
    connectionChanged(line) {
      changes({ connector: line.connector, change: line.change });
      log[line.change === 'not_registered' ? 'warn' : 'info']('connection.changed', line);
    },
    registrationFailed: (line) => log.error('registration.failed', line),
    breakerOpened(line) {
      changes({ connector: line.connector, change: 'breaker_opened' });
      log.warn('breaker.opened', line);
    },
    breakerClosed(line) {
      changes({ connector: line.connector, change: 'breaker_closed' });
      log.info('breaker.closed', line);
    },
  };
}
