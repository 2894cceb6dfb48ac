import { z } from 'zod';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { zendeskId } from '../calling/shapes.js';
import { type Audit, readAudits, type TicketId } from '../calling/tickets.js';
import { reduceHtml } from '../reading/reduce-html.js';
import { commentIdsOf, KEY_FIELD } from './write-ticket.js';

/** The comments that stand in a ticket under these keys, by key. */
export async function findByKeys(
  desk: Desk,
  id: TicketId,
  keys: readonly string[],
): Promise<{ outcome: 'found'; byKey: Map<string, string[]>; audits: Audit[]; serverTime: Date } | Failed> {
  const read = await readAudits(desk, id);
  if (read.outcome === 'failed') return read;
  const byKey = new Map<string, string[]>();
  for (const { metadata, events } of read.audits) {
    const key = metadata.custom[KEY_FIELD];
    if (typeof key === 'string' && keys.includes(key)) byKey.set(key, commentIdsOf(events));
  }
  return { outcome: 'found', byKey, audits: read.audits, serverTime: read.serverTime };
}

const commentEvent = z.object({
  id: zendeskId,
  type: z.literal('Comment'),
  author_id: zendeskId,
  public: z.boolean(),
  html_body: z.string().nullish().catch(null),
  body: z.string().nullish().catch(null),
});

export interface CommentSought {
  /** As it is read, not as it is marked up. */
  text: string;
  public: boolean;
  authorId: string;
  /** By their clock. */
  since: Date;
}

/** Comments since then by that author with those words, oldest first. */
export function findByWords(audits: readonly Audit[], sought: CommentSought): string[] {
  const words = squeeze(sought.text);
  return audits
    .flatMap(({ created_at, events }) => {
      // Their times have no fractions.
      if (Date.parse(created_at) < Math.floor(sought.since.getTime() / 1_000) * 1_000) return [];
      return events.flatMap((event) => {
        const parsed = commentEvent.safeParse(event);
        if (!parsed.success) return [];
        const { id, author_id, public: isPublic, html_body, body } = parsed.data;
        const said = squeeze(html_body ? reduceHtml(html_body) : (body ?? ''));
        const same = author_id === sought.authorId && isPublic === sought.public && said === words;
        return same ? [id] : [];
      });
    })
    .reverse();
}

const squeeze = (text: string): string => text.replaceAll(/[\s\u00a0]+/gu, ' ').trim();
