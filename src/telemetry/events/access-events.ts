import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { createQuota } from '../quota.js';

export interface AccessEvents {
  signedIn(line: { workspaceId: string; agentId: string; sessionId: string }): void;
  /** A code, token or key that opens nothing. */
  signInRefused(line: { what: 'code' | 'session' | 'token'; code: string; workspaceId?: string }): void;
  signedOut(line: { workspaceId: string; agentId: string; sessionId: string }): void;
  /** An agent or a key was made, disabled or revoked, or a sign-in link was made. `by`: the principal's id. */
  accessChanged(line: {
    workspaceId: string;
    change:
      | 'agent_created'
      | 'agent_disabled'
      | 'key_created'
      | 'key_revoked'
      | 'sign_in_link_created'
      | 'workspace_created'
      | 'workspace_changed';
    id: string;
    by: string;
  }): void;
}

export function createAccessEvents(log: Log, metrics: Metrics): AccessEvents {
  const signIns = metrics.counter('sign_ins_total', 'Agents who signed in', []);
  const refusals = metrics.counter('sign_in_refusals_total', 'Codes and tokens that were refused', [
    'what',
    'code',
  ]);
  const changes = metrics.counter('access_changes_total', 'Agents and keys made or ended', ['change']);
  const quota = createQuota();
  return {
    signedIn(line) {
      signIns({});
      log.info('agent.signed_in', line);
    },
    signInRefused(line) {
      refusals({ what: line.what, code: line.code });
      quota((unsaid) => log.warn('sign_in.refused', { ...line, unsaid }));
    },
    signedOut(line) {
      log.info('agent.signed_out', line);
    },
    accessChanged(line) {
      changes({ change: line.change });
      log.info('access.changed', line);
    },
  };
}
