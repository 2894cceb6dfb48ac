import type { Desk } from '../desk/create-desk.js';
import type { Mode } from '../desk/drafts.js';
import { announce } from '../ui/announce.js';

/** Whether there is something to send, and everything attached has arrived. */
export function isSendable(desk: Desk, conversationId: string, mode: Mode): boolean {
  const { reply, note, attached } = desk.drafts.of(conversationId);
  if (mode === 'note') return note.trim() !== '';
  return (reply.trim() !== '' || attached.length > 0) && attached.every(({ state }) => state === 'ready');
}

/** Text beside files goes as the first file's caption, as in every messenger. */
export function sendDraft(desk: Desk, conversationId: string, mode: Mode): void {
  if (!isSendable(desk, conversationId, mode)) return;
  const { reply, note, attached } = desk.drafts.of(conversationId);
  const words = (mode === 'note' ? note : reply).trim();
  if (mode === 'note') {
    desk.outgoing.say(conversationId, { type: 'note', text: words });
    desk.drafts.change(conversationId, { note: '' });
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
  desk.drafts.change(conversationId, { reply: '', attached: [] });
  announce('Sending');
}
