import { z } from 'zod';

const reference = z.string().min(1).max(128);

/** What stands in our paths. */
export const idParameter = z.strictObject({ id: reference });
export const ticketParameters = z.strictObject({
  connectionId: reference,
  externalTicketId: z.string().min(1).max(200),
});

export const connectionAgentParameters = z.strictObject({ id: reference, email: z.string().min(3).max(254) });

export const uploadQuerySchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The file’s name; or the header X-File-Name (percent-encoded)' }),
});

/** A query or a body of which nothing is expected. */
export const nothingSchema = z.strictObject({});
