import { effect } from '@preact/signals';
import type { Desk } from '../desk/create-desk.js';
import { nameOfContact } from '../ui/avatar.js';
import { announce } from '../ui/announce.js';
import { isAlerting, playBlip } from './alerting.js';

/** Tells of what contacts write: in the tab's title always, aloud to screen readers, by sound and banner if asked for. */
export function announceNews(desk: Desk): () => void {
  const plainTitle = 'Agent desk';
  const stopTitle = effect(() => {
    const waiting = desk.unread.total.value;
    document.title = waiting === 0 ? plainTitle : `(${waiting}) ${plainTitle}`;
  });
  const stopFacts = desk.onFact((fact) => {
    if (fact.type !== 'message.received' || fact.data.message.author.type !== 'contact') return;
    // What was missed while away is on the list; it is not news.
    if (desk.connectedness.peek() !== 'live') return;
    const name = fact.conversation === undefined ? 'a contact' : nameOfContact(fact.conversation.contact);
    const isOpen = desk.open.peek()?.conversationId === fact.conversationId;
    announce(isOpen ? `${name}: ${fact.data.message.text}` : `New message from ${name}`);
    if (isAlerting.peek() && !document.hasFocus()) alertOutside(name, fact.conversationId);
  });
  const onFocus = (): void => {
    const id = desk.open.peek()?.conversationId;
    if (id !== undefined) desk.unread.clear(id);
  };
  window.addEventListener('focus', onFocus);
  return () => {
    stopTitle();
    stopFacts();
    window.removeEventListener('focus', onFocus);
    document.title = plainTitle;
  };
}

/** Says who, not what: a banner may be read over a shoulder. */
function alertOutside(name: string, conversationId: string | null): void {
  playBlip();
  const banner = new Notification('New message', { body: `From ${name}`, tag: conversationId ?? '' });
  banner.addEventListener('click', () => {
    window.focus();
    banner.close();
  });
}
