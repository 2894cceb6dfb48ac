import type { Desk } from '../desk/create-desk.js';
import { type Attached, isSound } from '../desk/drafts.js';
import { explainRefusal } from '../desk/explain-refusal.js';
import { sizeWords } from '../thread/attachment-view.js';

/** What the bridge takes at the most. */
const LARGEST_BYTES = 25_000_000;

/** Files begin their way to the bridge as they are attached, so that sending need not wait for them. */
export function attachFiles(desk: Desk, conversationId: string, files: Iterable<File>): void {
  for (const file of files) attachOne(desk, conversationId, file, 'file');
}

/** A recording that lies on the disk. What turns out to be no sound is attached as the file that it is. */
export function attachVoice(desk: Desk, conversationId: string, file: File): void {
  const isVoice = isSound({ contentType: file.type });
  if (!isVoice) desk.notices.tell(`“${file.name}” is no sound; it is attached as a file.`);
  attachOne(desk, conversationId, file, isVoice ? 'voice' : 'file');
}

function attachOne(desk: Desk, conversationId: string, file: File, as: Attached['as']): void {
  if (file.size > LARGEST_BYTES) {
    return desk.notices.tell(`“${file.name}” has ${sizeWords(file.size)}; a file may have 25 MB.`);
  }
  if (file.size === 0) return desk.notices.tell(`“${file.name}” is empty.`);
  const attached: Attached = {
    key: crypto.randomUUID(),
    name: file.name || 'Pasted file',
    sizeBytes: file.size,
    contentType: file.type,
    as,
    state: 'uploading',
    problem: '',
    file,
  };
  const { attached: before } = desk.drafts.of(conversationId);
  desk.drafts.change(conversationId, { mode: 'reply', attached: [...before, attached] });
  void upload(desk, conversationId, attached);
}

export async function upload(
  desk: Desk,
  conversationId: string,
  { key, file, name }: Attached,
): Promise<void> {
  desk.drafts.changeAttached(conversationId, key, { state: 'uploading', problem: '' });
  try {
    const { fileId, contentType } = await desk.upload(file, name);
    desk.drafts.changeAttached(conversationId, key, { state: 'ready', fileId, contentType });
  } catch (error) {
    desk.drafts.changeAttached(conversationId, key, { state: 'failed', problem: explainRefusal(error) });
  }
}

export function detach(desk: Desk, conversationId: string, key: string): void {
  const { attached } = desk.drafts.of(conversationId);
  desk.drafts.change(conversationId, { attached: attached.filter((file) => file.key !== key) });
}
