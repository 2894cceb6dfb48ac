import { may, principalKey } from '../access/principal.js';
import { type Listener, signOut, workspaceOf } from './listener.js';
import type { GatewayDeps } from './ports.js';

/** So many at once: a look-up each, and others want the database too. */
const AT_ONCE = 8;

export interface RecheckRights {
  /** Asks again who the listeners are, once per token, and ends what no longer stands. */
  recheck(listeners: Iterable<Listener>): Promise<void>;
  /** Ends the sessions whose time is over. */
  endExpired(listeners: Iterable<Listener>, now?: number): void;
}

export function createRecheckRights(deps: Pick<GatewayDeps, 'access' | 'telemetry'>): RecheckRights {
  const recheckToken = async (token: string, holders: Listener[]): Promise<void> => {
    try {
      const answer = await deps.access.authenticate(token);
      for (const listener of holders) {
        // A renewal came in between: the new token was judged a moment ago.
        if (listener.token !== token || !listener.socket.connected) continue;
        if (answer.outcome === 'refused') signOut(listener, answer.code);
        else if (principalKey(answer.principal) !== principalKey(listener.principal))
          signOut(listener, 'token_invalid');
        else if (!may(answer.principal, 'desk')) signOut(listener, 'forbidden');
        else listener.principal = answer.principal;
      }
    } catch (error) {
      // Nobody is signed out because the database is away; the next look is soon.
      const [listener] = holders;
      deps.telemetry.failed({
        during: 'recheck-rights',
        ...(listener && { workspaceId: workspaceOf(listener) }),
        error,
      });
    }
  };

  return {
    async recheck(listeners) {
      const holders = new Map<string, Listener[]>();
      for (const listener of listeners) {
        const same = holders.get(listener.token);
        if (same) same.push(listener);
        else holders.set(listener.token, [listener]);
      }
      const tokens = [...holders];
      const work = async (): Promise<void> => {
        for (let next = tokens.pop(); next !== undefined; next = tokens.pop()) await recheckToken(...next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    },
    endExpired(listeners, now = Date.now()) {
      for (const listener of listeners) {
        const { principal } = listener;
        if (principal.type === 'agent' && principal.expiresAt.getTime() <= now)
          signOut(listener, 'token_expired');
      }
    },
  };
}
