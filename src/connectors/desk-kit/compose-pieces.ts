import type { TicketLine } from '../../domain/desk-order.js';
import type { OrderedFile } from '../../domain/order.js';
import type { DeskSendContext } from '../connector.js';
import { renderLines, splitText } from './lines.js';

export interface PieceFile {
  name: string;
  contentType: string;
  bytes: Buffer;
  /** What the text says instead, should the desk not take it; missing where there is nothing to link to. */
  linked?: () => string;
}

/** One message as the desk takes it. */
export interface Piece {
  text: string;
  /** The words themselves: `text` without remarks about files, which may differ from one attempt to the next. */
  stem: string;
  files: PieceFile[];
  /** Of all files that belong to it, carried or linked. */
  fileNames: string[];
}

export interface PieceLimits {
  desk: string;
  mostTextCharacters: number;
  mostFileBytes: number;
  mostFilesPerMessage: number;
  /** Of all files of one message together. */
  mostBytesPerMessage?: number;
}

export interface Wording {
  lines: readonly TicketLine[];
  introduction?: string;
  /** Several lines are named in any case. */
  alwaysNamed: boolean;
}

type FileAccess = Pick<DeskSendContext, 'readFile' | 'fileLink'>;

/** Lines as the messages that the desk takes: not too long, files that fit as files, the others as links. */
export async function composePieces(
  wording: Wording,
  limits: PieceLimits,
  access: FileAccess,
): Promise<Piece[]> {
  const carried: PieceFile[] = [];
  const remarks: string[] = [];
  for (const file of wording.lines.flatMap((line) => line.files)) {
    const judged = await judgeFile(file, limits, access);
    if (typeof judged === 'string') remarks.push(judged);
    else carried.push(judged);
  }
  const pieces = composeStems(wording, limits);
  const last = pieces.at(-1);
  if (last === undefined) return [];
  last.text = [last.stem, ...remarks].filter((part) => part !== '').join('\n');
  const [first = [], ...others] = chunkFiles(carried, limits);
  last.files = first;
  for (const files of others)
    pieces.push({ text: '', stem: '', files, fileNames: files.map(({ name }) => name) });
  if (last.text === '' && last.files.length === 0) last.text = '(no words)';
  return pieces;
}

/** The same without the files: enough to recognise what has arrived. */
export function composeStems(wording: Wording, limits: PieceLimits): Piece[] {
  const { lines, introduction = '', alwaysNamed } = wording;
  const stem = [introduction.trim(), renderLines(lines, { alwaysNamed })]
    .filter((part) => part !== '')
    .join('\n\n');
  // Remarks about files need room in the last one.
  const texts = splitText(
    stem,
    Math.min(limits.mostTextCharacters, Math.max(1_000, limits.mostTextCharacters - 4_000)),
  );
  const names = lines.flatMap((line) => line.files.map(({ name }) => name));
  return texts.map((text, at) => ({
    text,
    stem: text,
    files: [],
    fileNames: at === texts.length - 1 ? names : [],
  }));
}

async function judgeFile(
  file: OrderedFile,
  limits: PieceLimits,
  access: FileAccess,
): Promise<PieceFile | string> {
  const { fileId, name, contentType } = file;
  if (fileId === undefined) {
    return file.url === undefined ? `[The file “${name}” is not there.]` : `[File “${name}”: ${file.url}]`;
  }
  const linked = (why: string): string =>
    `[File “${name}”, ${why} ${limits.desk}: ${access.fileLink(fileId, name)}]`;
  const most = Math.min(limits.mostFileBytes, limits.mostBytesPerMessage ?? limits.mostFileBytes);
  if (file.sizeBytes > most) return linked('too large for');
  try {
    const bytes = await access.readFile(fileId);
    if (bytes.length > most) return linked('too large for');
    return { name, contentType, bytes, linked: () => linked('not taken by') };
  } catch {
    return `[The file “${name}” is no longer there.]`;
  }
}

function chunkFiles(files: PieceFile[], limits: PieceLimits): PieceFile[][] {
  const chunks: PieceFile[][] = [];
  let room = 0;
  for (const file of files) {
    const chunk = chunks.at(-1);
    if (chunk === undefined || chunk.length >= limits.mostFilesPerMessage || file.bytes.length > room) {
      chunks.push([file]);
      room = (limits.mostBytesPerMessage ?? Number.POSITIVE_INFINITY) - file.bytes.length;
    } else {
      chunk.push(file);
      room -= file.bytes.length;
    }
  }
  return chunks;
}

/** Whether something in the ticket is this piece. */
export function isPiece(piece: Piece, found: { text: string; files: number }): boolean {
  const text = squeeze(found.text);
  if (piece.fileNames.length === 0) return text === squeeze(piece.text) && found.files === 0;
  const stem = squeeze(piece.stem);
  if (!text.startsWith(stem)) return false;
  return found.files > 0 || piece.fileNames.some((name) => text.includes(squeeze(name)));
}

/** Desks lay out blanks as they like. */
const squeeze = (text: string): string => text.replaceAll(/\s+/gu, '');
