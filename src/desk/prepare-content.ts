import type { Principal } from '../access/principal.js';
import type { OrderedContent } from '../domain/order.js';
import type { FileView } from '../domain/views.js';
import type { DeskAnswer, ReplyInput } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';
import { storeFile } from './store-file.js';

/** Makes of what an agent gave what can be sent: files are in our store before the message is. */
export async function prepareContent(
  deps: DeskDeps,
  principal: Principal,
  input: ReplyInput,
): Promise<DeskAnswer<OrderedContent>> {
  switch (input.type) {
    case 'text':
      return done({ type: 'text', text: input.text });
    case 'template':
      return done({ type: 'template', template: input.template });
    case 'file':
    case 'voice': {
      const found = await findFile(deps, principal, input);
      if (found.outcome === 'refused') return found;
      const { id, name, contentType, sizeBytes } = found.value;
      if (input.type === 'voice' && !contentType.startsWith('audio/')) {
        return refused('file_not_voice', 'A voice message needs a sound file.');
      }
      return done({ type: input.type, file: { fileId: id, name, contentType, sizeBytes } });
    }
  }
}

async function findFile(
  deps: DeskDeps,
  principal: Principal,
  input: Extract<ReplyInput, { type: 'file' | 'voice' }>,
): Promise<DeskAnswer<FileView>> {
  if (input.fileId !== undefined) {
    const file = await deps.files.take(principal.scope, input.fileId);
    return file === undefined ? refused('file_unknown', 'There is no such file.') : done(file);
  }
  const fetched = await deps.fetchFile(input.url ?? '', input.name);
  if (fetched.outcome === 'refused') return refused(fetched.code, fetched.reason);
  return storeFile(deps, principal, { name: input.name ?? fetched.name ?? 'file', bytes: fetched.bytes });
}
