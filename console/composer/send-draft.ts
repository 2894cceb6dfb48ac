import type { Desk } from '../desk/create-desk.js';
import { type Attached, isSound, type Mode } from '../desk/drafts.js';
import { announce } from '../ui/announce.js';

/** Whether there is something to send, and everything attached has arrived. */
export function isSendable(desk: Desk, conversationId: string, mode: Mode): boolean {
  const { reply, note, attached } = desk.drafts.of(conversationId);
  if (mode === 'note') return note.trim() !== '';
  return (reply.trim() !== '' || attached.length > 0) && attached.every(({ state }) => state === 'ready');
}

/** Text beside files goes as the first file's caption, as in every messenger. A voice message carries none. */
export function sendDraft(desk: Desk, conversationId: string, mode: Mode): void {
  if (!isSendable(desk, conversationId, mode)) return;
  const { reply, note, attached } = desk.drafts.of(conversationId);
  const words = (mode === 'note' ? note : reply).trim();
  if (mode === 'note') {
    desk.outgoing.say(conversationId, { type: 'note', text: words });
    desk.drafts.change(conversationId, { note: '' });
    return announce('Note added');
  }
  const captioned = words.length <= 4_000 ? attached.find((file) => !isVoice(file)) : undefined;
  if (words !== '' && captioned === undefined) {
    desk.outgoing.say(conversationId, { type: 'text', text: words });
  }
  for (const file of attached) {
    const { fileId, name } = file;
    if (fileId === undefined) continue;
    if (isVoice(file)) {
      desk.outgoing.say(conversationId, { type: 'voice', fileId }, `Voice message “${name}”`);
      continue;
    }
    const caption = file === captioned && words !== '' ? { caption: words } : {};
    desk.outgoing.say(conversationId, { type: 'file', fileId, name, ...caption }, name);
  }
  desk.drafts.change(conversationId, { reply: '', attached: [] });
  announce('Sending');
}

/** The bridge may have found that what calls itself a sound is none. */
const isVoice = (file: Attached): boolean => file.as === 'voice' && isSound(file);
