import { newId, randomSecret } from '../domain/ids.js';
import type { AccessStore, StoredOpening } from '../store/access-store.js';
import type { Nudges } from '../store/nudges.js';
import type { Access, Authentication, OpenedSession, SessionAnswer } from './access.js';
import { makeToken, type ReadToken, readToken } from './token.js';
import { createTokenMemory } from './token-memory.js';

export interface AccessOptions {
  store: AccessStore;
  nudges: Pick<Nudges, 'on'>;
  times: { sessionSeconds: number; sessionRenewableSeconds: number };
  observe: AccessObserver;
  now?: () => number;
}

/** What is worth knowing of who came and went; ids and codes only. */
export interface AccessObserver {
  signedIn(line: { workspaceId: string; agentId: string; sessionId: string }): void;
  signedOut(line: { workspaceId: string; agentId: string; sessionId: string }): void;
  signInRefused(line: { what: 'code' | 'session' | 'token'; code: string; workspaceId?: string }): void;
}

const MOST_REMEMBERED = 10_000;

export function createAccess(options: AccessOptions): Access {
  const { store, observe, times } = options;
  const now = options.now ?? Date.now;
  const memory = createTokenMemory({ nudges: options.nudges, most: MOST_REMEMBERED, now });

  async function lookUp(read: ReadToken): Promise<Authentication> {
    const answer = read.kind === 'adb' ? await findKey(read) : await findSession(read);
    if (answer.outcome === 'refused') {
      observe.signInRefused({ what: 'token', code: answer.code, workspaceId: read.scope.workspaceId });
    }
    return answer;
  }

  async function findKey({ scope, hash }: ReadToken): Promise<Authentication> {
    const key = await store.findKey(scope, hash);
    if (key === undefined) return refused('token_invalid');
    const principal = {
      type: 'program',
      scope,
      keyId: key.id,
      name: key.name,
      permissions: key.scopes,
    } as const;
    return { outcome: 'authenticated', principal };
  }

  async function findSession({ scope, hash }: ReadToken): Promise<Authentication> {
    const session = await store.findSession(scope, hash);
    if (session === undefined) return refused('token_invalid');
    if (session.remainingMilliseconds <= 0) return refused('token_expired');
    return {
      outcome: 'authenticated',
      principal: {
        type: 'agent',
        scope,
        agentId: session.agent.id,
        email: session.agent.email,
        name: session.agent.name,
        sessionId: session.sessionId,
        expiresAt: new Date(now() + session.remainingMilliseconds),
      },
    };
  }

  return {
    async authenticate(token) {
      const read = readToken(token);
      if (read === undefined || read.kind === 'cod') {
        observe.signInRefused({ what: 'token', code: 'token_invalid' });
        return refused('token_invalid');
      }
      const answer = await memory.recall(read.hash, read.scope.workspaceId, () => lookUp(read));
      return hasEnded(answer, now()) ? refused('token_expired') : answer;
    },

    async exchangeCode(code) {
      const read = readToken(code);
      const fresh = read?.kind === 'cod' ? makeToken('ses', read.scope.workspaceId) : undefined;
      const opening =
        read && fresh
          ? await store.openSession(read.scope, read.hash, {
              id: newId('session'),
              tokenHash: fresh.hash,
              sessionSeconds: times.sessionSeconds,
              renewableSeconds: times.sessionRenewableSeconds,
            })
          : undefined;
      if (opening === undefined || fresh === undefined) {
        observe.signInRefused({ what: 'code', code: 'sign_in_code_invalid', ...workspaceOf(read) });
        return { outcome: 'refused', code: 'sign_in_code_invalid' };
      }
      observe.signedIn(idsOf(opening));
      return opened(opening, fresh.token, now());
    },

    async renew(token) {
      const read = readToken(token);
      if (read?.kind !== 'ses') return refused('token_invalid');
      const fresh = makeToken('ses', read.scope.workspaceId);
      const opening = await store.renewSession(read.scope, read.hash, {
        tokenHash: fresh.hash,
        suffix: randomSecret(10),
        sessionSeconds: times.sessionSeconds,
      });
      if (opening !== undefined) return opened(opening, fresh.token, now());
      const session = await store.findSession(read.scope, read.hash);
      const code = session === undefined ? 'token_invalid' : 'token_expired';
      observe.signInRefused({ what: 'session', code, ...workspaceOf(read) });
      return refused(code);
    },

    async signOut(token) {
      const read = readToken(token);
      if (read?.kind !== 'ses') return;
      const ended = await store.endSession(read.scope, read.hash);
      memory.forget(read.scope.workspaceId);
      if (ended === undefined) return;
      observe.signedOut({
        workspaceId: read.scope.workspaceId,
        agentId: ended.agent.id,
        sessionId: ended.sessionId,
      });
    },

    async createSignInCode(principal, agentId, { lifetimeSeconds, reusable = false }) {
      const { scope } = principal;
      const { token, hash } = makeToken('cod', scope.workspaceId);
      const kept = await store.keepCode(scope, { hash, agentId, lifetimeSeconds, reusable });
      // Callers look for the agent first; this one went in between.
      if (!kept) throw new AgentGoneError();
      return token;
    },
  };
}

/** The agent for whom a sign-in code was asked does not exist, or is disabled. */
export class AgentGoneError extends Error {
  override name = 'AgentGoneError';

  constructor() {
    super('There is no such agent.');
  }
}

function refused<Code extends 'token_invalid' | 'token_expired'>(
  code: Code,
): { outcome: 'refused'; code: Code } {
  return { outcome: 'refused', code };
}

function hasEnded(answer: Authentication, at: number): boolean {
  return (
    answer.outcome === 'authenticated' &&
    answer.principal.type === 'agent' &&
    answer.principal.expiresAt.getTime() <= at
  );
}

function opened(opening: StoredOpening, token: string, at: number): SessionAnswer {
  const session: OpenedSession = {
    token,
    expiresAt: new Date(at + opening.remainingMilliseconds),
    workspace: opening.workspace,
    agent: opening.agent,
  };
  return { outcome: 'opened', session };
}

const idsOf = (opening: StoredOpening): { workspaceId: string; agentId: string; sessionId: string } => ({
  workspaceId: opening.workspace.id,
  agentId: opening.agent.id,
  sessionId: opening.sessionId,
});

const workspaceOf = (read: ReadToken | undefined): { workspaceId?: string } =>
  read === undefined ? {} : { workspaceId: read.scope.workspaceId };
