import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import { type Principal, principalKey } from '../access/principal.js';
import { newId } from '../domain/ids.js';
import type { FileView } from '../domain/views.js';
import { FileStoreError } from '../store/file-store.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

export const MOST_FILE_BYTES = 25 * 1_048_576;
const GZIP = Buffer.from([0x1f, 0x8b]);
const WIDE = [
  { mark: Buffer.from([0xff, 0xfe]), encoding: 'utf-16le' },
  { mark: Buffer.from([0xfe, 0xff]), encoding: 'utf-16be' },
];

/** Keeps what an agent attaches. Its type is read from its bytes, whatever it calls itself. */
export async function storeFile(
  deps: Pick<DeskDeps, 'files'>,
  principal: Principal,
  file: { name: string; bytes: Buffer; isForLater?: boolean },
): Promise<DeskAnswer<FileView>> {
  if (file.bytes.length === 0) return refused('file_empty', 'The file is empty.');
  if (file.bytes.length > MOST_FILE_BYTES) return refused('body_too_large', 'A file may have 25 MB.');
  const contentType = await sniff(file.bytes);
  try {
    return done(
      await deps.files.add(principal.scope, {
        id: newId('file'),
        name: safeName(file.name),
        contentType,
        sha256: createHash('sha256').update(file.bytes).digest('hex'),
        createdBy: principalKey(principal),
        isForLater: file.isForLater === true,
        bytes: file.bytes,
      }),
    );
  } catch (error) {
    if (error instanceof FileStoreError) return refused(error.code, error.message);
    throw error;
  }
}

/** The type by the bytes. Nothing is unpacked for it but a small entry of an archive that names the archive's kind. */
export async function sniff(bytes: Buffer): Promise<string> {
  // Looked into it would be inflated, up to 16 MB.
  if (bytes.subarray(0, 2).equals(GZIP)) return 'application/gzip';
  const head = bytes.subarray(0, 4_096);
  // The mark of UTF-16 looks like the beginning of a sound.
  const wide = WIDE.find(({ mark }) => head.subarray(0, 2).equals(mark));
  if (wide !== undefined && isText(head, wide.encoding)) return 'text/plain';
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  if (found !== undefined) return found.mime;
  return isText(head, 'utf-8') ? 'text/plain' : 'application/octet-stream';
}

/** Text without marks of anything else; it is never shown as a page. */
function isText(bytes: Buffer, encoding: string): boolean {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    return !/[\u0000-\u0008\u000e-\u001f]/u.test(text);
  } catch {
    return false;
  }
}

/** A name to show and to save under: no folders, no control or direction-changing characters, not too long. */
export function safeName(name: string): string {
  const tail = name.normalize('NFC').split(/[\\/]/u).at(-1) ?? '';
  const clean = tail
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069"<>|:*?]/gu, '')
    .replace(/^[. ]+|[. ]+$/gu, '');
  if (clean === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu.test(clean)) return 'file';
  const letters = Array.from(clean);
  if (letters.length <= 120) return clean;
  const ending = /\.[^.]{1,10}$/u.exec(clean)?.[0] ?? '';
  return letters.slice(0, 120 - ending.length).join('') + ending;
}
