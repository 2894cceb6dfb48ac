import { z } from 'zod';
import type { TicketAuthor } from '../../../domain/desk-order.js';
import type { TicketFile } from '../../../domain/desk-fact.js';

const text = z.string().optional().catch(undefined);
const id = z.union([z.int().positive().transform(String), z.string().regex(/^\d{1,18}$/u)]);

/** Integers in answers, words in webhooks. */
const kinds: Record<string, 'incoming' | 'outgoing' | 'activity' | 'template'> = {
  '0': 'incoming',
  '1': 'outgoing',
  '2': 'activity',
  '3': 'template',
  incoming: 'incoming',
  outgoing: 'outgoing',
  activity: 'activity',
  template: 'template',
};

export function kindOf(value: unknown): (typeof kinds)[string] | undefined {
  const word = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return Object.hasOwn(kinds, word) ? kinds[word] : undefined;
}

export const messageFields = z.looseObject({
  id,
  content: z.string().nullish().catch(undefined),
  message_type: z.unknown().optional(),
  private: z.unknown().optional(),
  sender: z
    .looseObject({ name: text, available_name: text, email: text, type: text })
    .nullish()
    .catch(undefined),
  sender_type: text,
  content_attributes: z.looseObject({}).nullish().catch(undefined),
  created_at: z.unknown().optional(),
  attachments: z.unknown().optional(),
});
export type MessageFields = z.infer<typeof messageFields>;

/** Only what says in every place that it is a person on the staff: bots and rules write as outgoing, too. */
export function isPerson({
  sender,
  sender_type: type,
  content_attributes: attributes,
}: MessageFields): boolean {
  const said = [sender?.type, type].filter((word) => word !== undefined).map((word) => word.toLowerCase());
  const byRule =
    attributes?.['automation_rule_id'] !== undefined && attributes['automation_rule_id'] !== null;
  return said.length > 0 && said.every((word) => word === 'user') && !byRule;
}

export function authorOf(fields: MessageFields): TicketAuthor {
  const name = fields.sender?.name ?? fields.sender?.available_name;
  const email = fields.sender?.email?.toLowerCase();
  return {
    type: isPerson(fields) ? 'agent' : 'bot',
    ...(name === undefined || name === '' ? {} : { name }),
    ...(email === undefined || email === '' ? {} : { email }),
  };
}

/** Seconds since 1970 in answers, ISO 8601 in webhooks. */
export function timeOf(value: unknown): string | undefined {
  const at =
    typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return at > 0 && at < Date.UTC(2200, 0, 1) ? new Date(at).toISOString() : undefined;
}

const attachment = z.looseObject({
  id,
  data_url: z.string().min(1),
  file_size: z.number().nonnegative().optional().catch(undefined),
});

/** The files of what was said at that place. What has no address is no file: a place on a map, a contact's card. */
export function filesOf(value: unknown, place: NonNullable<TicketFile['place']>): TicketFile[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => {
    const parsed = attachment.safeParse(one);
    if (!parsed.success) return [];
    const { id: externalFileId, data_url: url, file_size: sizeBytes } = parsed.data;
    const size = sizeBytes === undefined ? {} : { sizeBytes };
    return [{ externalFileId, url, name: nameIn(url), place, ...size }];
  });
}

/** The name is only in the address, as its last part. */
function nameIn(url: string): string {
  const last = url.split(/[?#]/u)[0]?.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).slice(0, 200) || 'file';
  } catch {
    return last.slice(0, 200) || 'file';
  }
}
