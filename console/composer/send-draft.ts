import type { Desk } from '../desk/create-desk.js';
import { announce } from '../ui/announce.js';

/** Whether there is something to send, and everything attached has arrived. */
export function isSendable(desk: Desk, conversationId: string): boolean {
  const { text, attached, mode } = desk.drafts.of(conversationId);
  if (mode === 'note') return text.trim() !== '';
  return (text.trim() !== '' || attached.length > 0) && attached.every(({ state }) => state === 'ready');
}

/** Text beside files goes as the first file's caption, as in every messenger. */
export function sendDraft(desk: Desk, conversationId: string): void {
  if (!isSendable(desk, conversationId)) return;
  const { text, attached, mode } = desk.drafts.of(conversationId);
  const words = text.trim();
  if (mode === 'note') {
    desk.outgoing.say(conversationId, { type: 'note', text: words });
    desk.drafts.change(conversationId, { text: '' });
    return announce('Note added');
  }
  if (attached.length === 0) desk.outgoing.say(conversationId, { type: 'text', text: words });
  const isCaption = words.length <= 4_000;
  if (attached.length > 0 && !isCaption) desk.outgoing.say(conversationId, { type: 'text', text: words });
  attached.forEach(({ fileId, name }, index) => {
    if (fileId === undefined) return;
    const caption = index === 0 && isCaption && words !== '' ? { caption: words } : {};
    desk.outgoing.say(conversationId, { type: 'file', fileId, name, ...caption }, name);
  });
  desk.drafts.change(conversationId, { text: '', attached: [] });
  announce('Sending');
}
