import type { Desk } from '../desk/create-desk.js';

/** What the bridge has not accepted lives in this tab alone: the browser asks before it goes with it. */
export function warnBeforeLeaving(desk: Desk): () => void {
  function ask(event: BeforeUnloadEvent): void {
    if (desk.outgoing.items.peek().length > 0) event.preventDefault();
  }
  window.addEventListener('beforeunload', ask);
  return () => window.removeEventListener('beforeunload', ask);
}
