import { z } from 'zod';

/** Numbers here, strings there: ids are strings in the house. */
export const zendeskId = z.union([z.string().regex(/^-?\d{1,20}$/u), z.int().transform(String)]);

const optionalId = zendeskId.nullish().catch(null);

export const ticketShape = z.object({
  id: zendeskId,
  subject: z.string().nullish().catch(null),
  status: z.string(),
  /** Where the account has statuses of its own; each belongs to a `status`. */
  custom_status_id: optionalId,
  priority: z.string().nullish().catch(null),
  assignee_id: optionalId,
  group_id: optionalId,
  requester_id: optionalId,
  external_id: z.string().nullish().catch(null),
  tags: z.array(z.string()).catch([]),
  created_at: z.string().catch(''),
  updated_at: z.string().catch(''),
});
export type Ticket = z.infer<typeof ticketShape>;

export const userShape = z.object({
  id: zendeskId,
  name: z.string().catch(''),
  email: z
    .string()
    .nullish()
    .catch(null)
    .transform((email) => email?.toLowerCase() ?? null),
  role: z.string().nullish().catch(null),
  external_id: z.string().nullish().catch(null),
  active: z.boolean().catch(true),
});
export type User = z.infer<typeof userShape>;

export const groupShape = z.object({ id: zendeskId, name: z.string() });

/** Those members of a list that have the shape; what has it not is left out. */
export function membersOf<T>(shape: z.ZodType<T>, list: unknown): T[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((member: unknown) => {
    const parsed = shape.safeParse(member);
    return parsed.success ? [parsed.data] : [];
  });
}

const metaShape = z.object({
  meta: z.object({ has_more: z.boolean().catch(false), after_cursor: z.string().nullish().catch(null) }),
});

/** Where the next page begins, of an answer that came in pages. */
export function pageOf(body: unknown): { more: boolean; after?: string } {
  const parsed = metaShape.safeParse(body);
  if (!parsed.success) return { more: false };
  const { has_more: more, after_cursor: after } = parsed.data.meta;
  return after ? { more, after } : { more: false };
}
