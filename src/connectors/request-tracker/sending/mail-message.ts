import { randomBytes } from 'node:crypto';
import type { Piece, PieceFile } from '../../desk-kit/index.js';

export interface Mail {
  from: { name: string; address: string };
  subject: string;
  messageId: string;
  date: Date;
  piece: Pick<Piece, 'text' | 'files'>;
}

/** A mail as RFC 5322 and MIME want it, in ASCII alone: whatever was said stands encoded. */
export function mailMessage({ from, subject, messageId, date, piece }: Mail): string {
  const head = [
    `From: ${from.name === '' ? '' : `${encodedWords(from.name)} `}<${from.address}>`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    // RT then sends no automatic answer to the contact.
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
  ];
  const words = [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    wrapped(Buffer.from(piece.text, 'utf8')),
  ];
  if (piece.files.length === 0) return [...head, ...words, ''].join('\r\n');
  const boundary = `=_${randomBytes(18).toString('hex')}`;
  return [
    ...head,
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...words,
    ...piece.files.flatMap((file) => [`--${boundary}`, ...filePart(file)]),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function filePart({ name, contentType, bytes }: PieceFile): string[] {
  const type = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/iu.test(contentType)
    ? contentType
    : 'application/octet-stream';
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/gu, hex);
  return [
    // A part of type message or multipart would be taken apart.
    `Content-Type: ${/^(message|multipart)\//iu.test(type) ? 'application/octet-stream' : type}`,
    `Content-Disposition: attachment; filename*=UTF-8''${encoded}`,
    'Content-Transfer-Encoding: base64',
    '',
    wrapped(bytes),
  ];
}

const hex = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** Base64 in lines of 76. */
function wrapped(bytes: Buffer): string {
  return (bytes.toString('base64').match(/.{1,76}/gu) ?? ['']).join('\r\n');
}

/** RFC 2047: words of at most 75 characters, cut between characters. */
export function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character, 'utf8') > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word]
    .map((part) => `=?UTF-8?B?${Buffer.from(part, 'utf8').toString('base64')}?=`)
    .join(' ');
}
