import { z } from 'zod';
import type { TicketFile } from '../../../domain/desk-fact.js';

const attachment = z.looseObject({
  id: z.int().positive().transform(String),
  name: z.string().min(1).max(500),
  attachment_url: z.string().min(1),
  content_type: z.string().nullish().catch(undefined),
  size: z.number().nonnegative().nullish().catch(undefined),
});

/** The files of what was said at that place. */
export function filesOf(value: unknown, place: NonNullable<TicketFile['place']>): TicketFile[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => {
    const parsed = attachment.safeParse(one);
    if (!parsed.success) return [];
    const { id: externalFileId, name, attachment_url: url, content_type: contentType, size } = parsed.data;
    return [
      {
        externalFileId,
        url,
        name,
        place,
        ...(contentType ? { contentType } : {}),
        ...(size ? { sizeBytes: size } : {}),
      },
    ];
  });
}
