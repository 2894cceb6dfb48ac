import { signal } from '@preact/signals';
import type { Desk } from './desk/create-desk.js';
import { readFragment, writeFragment } from './session/fragment.js';

export type Navigation = ReturnType<typeof createNavigation>;

/**
 * Where the agent is: the list, a conversation, its details. It lies in the address behind the #, so that the
 * browser's own "back" leads from a conversation to the list where only one of them fits on the screen.
 */
export function createNavigation(desk: Desk) {
  const conversation = signal<string | undefined>(undefined);
  const isShowingDetails = signal(false);
  let isStepping = false;

  function follow(): void {
    const fragment = readFragment(location.hash);
    if (fragment.ticket !== undefined) void openTicket(fragment.ticket);
    isShowingDetails.value = fragment.isShowingDetails;
    if (fragment.conversation === conversation.value) return;
    conversation.value = fragment.conversation;
    desk.show(fragment.conversation);
  }

  async function openTicket(ticket: { connectionId: string; externalTicketId: string }): Promise<void> {
    const found = await desk.findTicket(ticket.connectionId, ticket.externalTicketId);
    if (found === undefined) return;
    history.replaceState(null, '', writeFragment({ conversation: found, isShowingDetails: false }));
    follow();
  }

  function go(to: string | undefined, details: boolean): void {
    const next = writeFragment({
      ...(to === undefined ? {} : { conversation: to }),
      isShowingDetails: details,
    });
    // From one conversation to the next is no step back to: back means the list.
    const isStep =
      (conversation.value === undefined) !== (to === undefined) || isShowingDetails.value !== details;
    if (isStep) history.pushState(null, '', next);
    else history.replaceState(null, '', next);
    follow();
  }

  function step(by: 1 | -1): void {
    const ids = desk.list.shown.value.map(({ id }) => id);
    const at = ids.findIndex((id) => id === conversation.value);
    const next = at < 0 ? ids[by === 1 ? 0 : ids.length - 1] : ids[at + by];
    isStepping = true;
    if (next !== undefined) go(next, isShowingDetails.value);
  }

  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', follow);
  follow();

  return {
    conversation,
    isShowingDetails,
    open: (id: string) => {
      isStepping = false;
      go(id, false);
    },
    /** Came here key by key: the next key is another step, not a letter. */
    isStepping: () => isStepping,
    toList: () => go(undefined, false),
    showDetails: (isShown: boolean) => go(conversation.value, isShown),
    step,
    stop: () => {
      window.removeEventListener('popstate', follow);
      window.removeEventListener('hashchange', follow);
    },
  };
}
