import { z } from 'zod';
import type { KnownTemplate } from '../../domain/known-template.js';

const label = z.string().trim().min(1).max(100);
/** WhatsApp's own limit for the longest part of a template. */
const words = z.string().trim().min(1).max(1_024).exactOptional();

const knownTemplate: z.ZodType<KnownTemplate> = z.strictObject({
  name: z.string().trim().min(1).max(512),
  language: z.string().trim().min(1).max(35).exactOptional(),
  words: z.strictObject({ header: words, body: words, footer: words }).exactOptional(),
  parameters: z
    .strictObject({
      header: z.array(label).max(20).exactOptional(),
      body: z.array(label).max(50).exactOptional(),
      buttons: z.record(label, label).exactOptional(),
    })
    .exactOptional(),
  variables: z.array(label).max(50).exactOptional(),
});

/** WotNot has no call that lists an account's templates, so whoever sets up the connection names them. */
export const knownTemplates = z
  .array(knownTemplate)
  .max(200)
  // WotNot is told the name alone, so that two of one name could not be told apart.
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
    error: 'names a template twice',
  });

/** The templates that a connection's settings name. Settings that were kept before there were any name none. */
export function templatesOf(settings: Readonly<Record<string, unknown>>): KnownTemplate[] {
  const read = knownTemplates.safeParse(settings['templates'] ?? []);
  return read.success ? read.data : [];
}
