import { z } from 'zod';

/*
 * What `fetchTicket` makes of a ticket's history and `read` understands later. Visibility and staff are
 * written down as RT has told them, so that `read` can be pure.
 */

const file = z.object({
  id: z.string().regex(/^\d{1,16}$/u),
  name: z.string(),
  contentType: z.string(),
  sizeBytes: z.number().optional(),
});

export const messageEvent = z.object({
  transaction: z.int().positive(),
  visibility: z.enum(['public', 'private']),
  /** staff: privileged, and no requestor · contact: a requestor · bridge: we · other: anybody else. */
  by: z.enum(['staff', 'contact', 'bridge', 'other']),
  author: z.object({ name: z.string().optional(), email: z.string().optional() }),
  text: z.string(),
  files: z.array(file),
  createdAt: z.string(),
});

export const stateEvent = z.object({
  status: z.string(),
  owner: z
    .object({ name: z.string(), email: z.string().optional(), realName: z.string().optional() })
    .nullable(),
  /** Of the queue, when it is another than new tickets go to. */
  team: z.object({ id: z.string(), name: z.string() }).nullable(),
  priority: z.number().nullable(),
  changedAt: z.string(),
});

export const goneEvent = z.object({
  into: z
    .string()
    .regex(/^\d{1,16}$/u)
    .nullable(),
});

const corrected = z.object({ name: z.string().optional(), email: z.string().optional() });

export const contactEvent = z.object({ contact: corrected, before: corrected });

/** Who asks in a ticket, as RT knew them at a look. */
export const requestorKnown = corrected.extend({
  /** RT's name of the user. */
  user: z.string(),
});

export type ContactEvent = z.infer<typeof contactEvent>;
export type RequestorKnown = z.infer<typeof requestorKnown>;
export type MessageEvent = z.infer<typeof messageEvent>;
export type StateEvent = z.infer<typeof stateEvent>;
export type GoneEvent = z.infer<typeof goneEvent>;
