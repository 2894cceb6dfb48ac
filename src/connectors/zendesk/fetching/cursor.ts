import { z } from 'zod';

/** Where the bridge has got to in a ticket. */
export const cursorShape = z.object({
  /** After which comment the page begins that is read again. */
  page: z.string().optional(),
  /** Comments of that page and later that were told. */
  seen: z.array(z.string()).catch([]),
  state: z.string().optional(),
  /** How often the state was told: makes two equal ones two. */
  told: z.int().catch(0),
  updatedAt: z.string().optional(),
  /** It was read long enough after its last change that nothing of the same second can be missing. */
  settled: z.boolean().catch(false),
  gone: z.boolean().catch(false),
});
export type Cursor = z.infer<typeof cursorShape>;
