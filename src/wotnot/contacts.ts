import { z } from 'zod';
import { email, nonEmptyText, receivedId, receivedText } from './fields.js';
import { defineOperation } from './operation.js';

const contact = z
  .strictObject({
    name: z.string().optional(),
    email: email.optional(),
    phone: nonEmptyText.optional(),
    custom_variables: z.record(z.string(), z.unknown()).optional(),
  })
  .refine((given) => given.email !== undefined || given.phone !== undefined, {
    error: 'must contain at least one of [email, phone]',
  });

const contactsToSave = z.strictObject({ contacts: z.array(contact).min(1) });

const savedContact = z.object({
  id: receivedId,
  external_key: receivedText,
  key: receivedId,
  ok: z.boolean().nullish(),
});

export const contacts = {
  'create-contacts': defineOperation({
    section: 'Creating contacts',
    channel: 'public',
    method: 'POST',
    path: '/v1/conversations',
    carries: 'json',
    // A known e-mail or phone updates the contact that has it.
    repeatable: true,
    request: contactsToSave,
    body: contactsToSave,
    answer: z
      .object({ created: z.array(savedContact).optional(), updated: z.array(savedContact).optional() })
      .refine((saved) => saved.created !== undefined || saved.updated !== undefined, {
        error: 'must hold created or updated',
      })
      .transform((saved) => ({ created: saved.created ?? [], updated: saved.updated ?? [] })),
  }),
};
