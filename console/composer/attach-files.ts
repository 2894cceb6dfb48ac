import type { Desk } from '../desk/create-desk.js';
import type { Attached } from '../desk/drafts.js';
import { explainRefusal } from '../desk/explain-refusal.js';
import { sizeWords } from '../thread/attachment-view.js';

/** What the bridge takes at the most. */
const LARGEST_BYTES = 25_000_000;

/** Files begin their way to the bridge as they are attached, so that sending need not wait for them. */
export function attachFiles(desk: Desk, conversationId: string, files: Iterable<File>): void {
  for (const file of files) attachOne(desk, conversationId, file);
}

function attachOne(desk: Desk, conversationId: string, file: File): void {
  if (file.size > LARGEST_BYTES) {
    return desk.notices.tell(`“${file.name}” has ${sizeWords(file.size)}; a file may have 25 MB.`);
  }
  if (file.size === 0) return desk.notices.tell(`“${file.name}” is empty.`);
  const attached: Attached = {
    key: crypto.randomUUID(),
    name: file.name || 'Pasted file',
    sizeBytes: file.size,
    contentType: file.type,
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
    const { fileId } = await desk.upload(file, name);
    desk.drafts.changeAttached(conversationId, key, { state: 'ready', fileId });
  } catch (error) {
    desk.drafts.changeAttached(conversationId, key, { state: 'failed', problem: explainRefusal(error) });
  }
}

export function detach(desk: Desk, conversationId: string, key: string): void {
  const { attached } = desk.drafts.of(conversationId);
  desk.drafts.change(conversationId, { attached: attached.filter((file) => file.key !== key) });
}
