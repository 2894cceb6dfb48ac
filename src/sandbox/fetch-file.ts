import { changeMessage } from './add-message.js';
import { emit } from './emit.js';
import { largestFileBytes } from './file-shelf.js';
import type { Message } from './rows.js';
import { receiptPayload } from './webhook-events.js';
import type { World } from './world.js';

const WAIT_MS = 20_000;

async function download(url: string): Promise<{ bytes: Buffer; type: string | null }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
  if (!answer.ok) throw new Error(`the file's address answered ${answer.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > largestFileBytes) throw new Error('the file is larger than 25 MB');
    chunks.push(chunk as Uint8Array);
  }
  return { bytes: Buffer.concat(chunks), type: answer.headers.get('content-type') };
}

/** Fetch what a message points at, as WotNot does the moment it is told. A failure stays visible on the message. */
export async function fetchFile(world: World, message: Message): Promise<void> {
  const file = message.file;
  if (!file) return;
  try {
    const { bytes } = await download(file.path);
    const fileId = world.files.put({ bytes, type: file.type, name: file.name });
    if (world.timers.stopped) return;
    const stored = { ...file, state: 'stored' as const, size: bytes.length, fileId };
    const origin = world.records.conversations.get(message.conversationId)?.origin;
    // Where no page reports for the visitor, it has arrived with its file.
    const arrives = origin !== 'page' && message.receipt === 'sent';
    changeMessage(world, message, { file: stored, ...(arrives ? { receipt: 'delivered' } : {}) });
  } catch (error) {
    if (world.timers.stopped) return;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const problem = cause instanceof Error ? cause.message || cause.name : String(cause);
    const failed = changeMessage(world, message, {
      receipt: 'failed',
      file: { ...file, state: 'failed', problem },
    });
    // WotNot reports on what a bot or an agent has sent, not on what the visitor has.
    if (failed.from === 'visitor') return;
    void emit(world, message.conversationId, 'message_status', receiptPayload(failed, world.now()));
  }
}
