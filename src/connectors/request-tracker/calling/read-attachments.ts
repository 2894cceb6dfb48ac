import { z } from 'zod';
import { notUnderstood } from './not-understood.js';
import { isId, withQuery } from './query.js';
import type { Tracker } from './open-tracker.js';

/** A part of a message: its words, a file, or what holds them together. */
export interface Part {
  id: string;
  transaction: number;
  contentType: string;
  fileName: string;
  messageId: string;
  headers: string;
}

const identifier = z.union([z.string(), z.number()]).transform(String).refine(isId);

const listSchema = z.object({
  items: z.array(
    z.object({
      id: identifier,
      TransactionId: z
        .union([z.string(), z.number(), z.object({ id: z.union([z.string(), z.number()]) })])
        .transform((value) => Number(typeof value === 'object' ? value.id : value)),
      ContentType: z.string().catch(''),
      Filename: z.string().nullish(),
      MessageId: z.string().nullish(),
      Headers: z.string().nullish(),
    }),
  ),
});

/** A page of RT's; a message of more parts than this is not told whole. */
const perPage = 100;
/** So many transactions in one request keep its address short enough for every server. */
const atOnce = 20;
const mostPages = 10;

/** The parts of these transactions, in their order. @throws FailedCall */
export async function readParts(tracker: Tracker, transactions: readonly number[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (let from = 0; from < transactions.length; from += atOnce) {
    const query = JSON.stringify(
      transactions.slice(from, from + atOnce).map((id) => ({
        field: 'TransactionId',
        operator: '=',
        value: String(id),
        entry_aggregator: 'OR',
      })),
    );
    for (let page = 1; page <= mostPages; page += 1) {
      const path = withQuery('/attachments', {
        query,
        fields: 'TransactionId,ContentType,Filename,MessageId,Headers',
        orderby: 'id',
        per_page: String(perPage),
        page: String(page),
      });
      const parsed = listSchema.safeParse((await tracker.rest('GET', path)).json);
      if (!parsed.success) throw notUnderstood('read');
      for (const item of parsed.data.items) {
        parts.push({
          id: item.id,
          transaction: item.TransactionId,
          contentType: item.ContentType.toLowerCase(),
          fileName: item.Filename ?? '',
          messageId: item.MessageId ?? '',
          headers: item.Headers ?? '',
        });
      }
      if (parsed.data.items.length < perPage) break;
    }
  }
  return parts.sort((one, other) => Number(one.id) - Number(other.id));
}

const contentSchema = z.object({
  Content: z.string().nullish(),
  ContentType: z.string().nullish(),
});

/** Base64, a line's end after each 76 characters, and RT's own words around it. */
const bytesOnTheWire = (bytes: number): number => Math.ceil(bytes * 1.4) + 65_536;

/** The bytes of a part. @throws FailedCall */
export async function readPartBytes(
  tracker: Tracker,
  partId: string,
  maxBytes: number,
): Promise<{ bytes: Buffer; contentType: string }> {
  const answer = await tracker.rest('GET', `/attachment/${partId}`, {
    maxAnswerBytes: bytesOnTheWire(maxBytes),
  });
  const parsed = contentSchema.safeParse(answer.json);
  if (!parsed.success || typeof parsed.data.ContentType !== 'string') throw notUnderstood('read');
  return {
    bytes: Buffer.from(parsed.data.Content ?? '', 'base64'),
    contentType: parsed.data.ContentType.toLowerCase(),
  };
}
