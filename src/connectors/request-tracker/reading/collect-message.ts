import { FailedCall } from '../../desk-kit/index.js';
import { type Part, readPartBytes } from '../calling/read-attachments.js';
import type { Tracker } from '../calling/open-tracker.js';
import { cutQuotes } from './cut-quotes.js';
import { htmlToText } from './html-to-text.js';

export interface MessageFile {
  id: string;
  name: string;
  contentType: string;
  sizeBytes?: number;
}

export interface Message {
  text: string;
  files: MessageFile[];
  /** The bridge has written it. */
  ours: boolean;
}

/** More than this is a text of no use in a chat; it is passed on as a file. */
const mostTextBytes = 524_288;

/** The words and the files of one transaction. @throws FailedCall */
export async function collectMessage(
  tracker: Tracker,
  parts: readonly Part[],
  isOurs: (messageId: string) => boolean,
): Promise<Message> {
  const ours = parts.some(({ messageId }) => isOurs(messageId));
  const single = parts.filter(({ contentType }) => !contentType.startsWith('multipart/'));
  const bodies = single.filter(isBody);
  const body =
    bodies.find(({ contentType }) => contentType === 'text/plain') ??
    bodies.find(({ contentType }) => contentType === 'text/html');
  const files = single.filter((part) => !isBody(part)).map(fileOf);
  // What is ours is dropped anyway: its words need not be fetched.
  if (body === undefined || ours) return { text: '', files, ours };
  const words = await readWords(tracker, body);
  if (words === undefined) return { text: '', files: [fileOf(body), ...files], ours };
  return { text: words, files, ours };
}

async function readWords(tracker: Tracker, part: Part): Promise<string | undefined> {
  const { settings } = tracker;
  const size = sizeOf(part);
  if (size !== undefined && size > mostTextBytes) return undefined;
  try {
    const { bytes } = await readPartBytes(tracker, part.id, mostTextBytes);
    const text = bytes.toString('utf8');
    const plain = part.contentType === 'text/html' ? htmlToText(text, settings) : text;
    return settings.cutQuotes ? cutQuotes(plain) : plain.trim();
  } catch (error) {
    if (error instanceof FailedCall && error.failed.code === 'answer_too_large') return undefined;
    throw error;
  }
}

function isBody({ contentType, fileName, headers }: Part): boolean {
  if (contentType !== 'text/plain' && contentType !== 'text/html') return false;
  return fileName === '' && !/^content-disposition:\s*attachment/imu.test(headers);
}

function fileOf(part: Part): MessageFile {
  const sizeBytes = sizeOf(part);
  const ending = part.contentType === 'text/html' ? '.html' : part.contentType === 'text/plain' ? '.txt' : '';
  return {
    id: part.id,
    name: part.fileName === '' ? `attachment-${part.id}${ending}` : part.fileName.slice(0, 255),
    contentType: part.contentType,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

function sizeOf({ headers }: Part): number | undefined {
  const said = /^content-length:\s*(\d{1,12})\s*$/imu.exec(headers)?.[1];
  return said === undefined ? undefined : Number(said);
}
