import { batch, signal } from '@preact/signals';
import type { Session } from '../../src/contract/index.js';
import type { Bridge } from '../desk/bridge.js';
import { createDesk, type Desk } from '../desk/create-desk.js';
import { explainRefusal } from '../desk/explain-refusal.js';
import { codeIn, takeCode } from './fragment.js';
import { browserStorage, forgetPlace, keepPlace, takePlace } from './keep-place.js';
import { forgetSession, keepSession, keptSession, tabStorage } from './keep-session.js';

export type SignIn = ReturnType<typeof createSignIn>;

export interface SignInDeps {
  exchangeCode: (code: string) => Promise<Session>;
  connect: (session: Session, onRenewed: (session: Session) => void) => Bridge;
}

/** From a link's code, or from a session this tab still has, to a desk. */
export function createSignIn({ exchangeCode, connect }: SignInDeps) {
  const storage = tabStorage();
  const browser = browserStorage();
  const desk = signal<Desk | undefined>(undefined);
  const state = signal<'signing-in' | 'signed-out' | 'signed-in'>('signing-in');
  const problem = signal('');
  let bridge: Bridge | undefined;
  let stopKeeping: () => void = () => undefined;

  function enter(session: Session): void {
    keepSession(storage, session);
    takePlace(storage, browser, session.agent.id);
    stopKeeping = keepPlace(storage, browser, session.agent.id);
    bridge = connect(session, (renewed) => keepSession(storage, renewed));
    const next = createDesk({
      bridge,
      session,
      storage,
      onSignedOut: () => leave('Your session has ended. Open your sign-in link again.'),
    });
    batch(() => {
      desk.value = next;
      state.value = 'signed-in';
      problem.value = '';
    });
  }

  function leave(reason: string): void {
    desk.value?.stop();
    stopKeeping();
    forgetSession(storage);
    batch(() => {
      desk.value = undefined;
      state.value = 'signed-out';
      problem.value = reason;
    });
  }

  async function enterWith(code: string): Promise<void> {
    state.value = 'signing-in';
    try {
      // Another agent's traces in this tab are not this one's.
      const session = await exchangeCode(code);
      forgetSession(storage);
      enter(session);
    } catch (error) {
      batch(() => {
        state.value = 'signed-out';
        problem.value = explainRefusal(error);
      });
    }
  }

  return {
    desk,
    state,
    problem,
    start: async () => {
      const code = takeCode();
      if (code !== undefined) return enterWith(code);
      const session = keptSession(storage);
      if (session === undefined) state.value = 'signed-out';
      else enter(session);
    },
    /** With the link as it was pasted. */
    enterWithLink: async (pasted: string) => {
      const code = codeIn(pasted);
      if (code === undefined)
        problem.value = 'This does not look like a sign-in link. It ends with “#code=…”.';
      else await enterWith(code);
    },
    signOut: async () => {
      const leaving = bridge;
      const agentId = desk.value?.me.id;
      leave('');
      if (agentId !== undefined) forgetPlace(browser, agentId);
      await leaving?.signOut().catch(() => undefined);
    },
  };
}
