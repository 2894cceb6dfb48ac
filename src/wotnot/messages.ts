import { z } from 'zod';
import { nonEmptyText, webUrl } from './fields.js';

export const textMessage = z.strictObject({
  data: z.strictObject({ body: nonEmptyText }),
  type: z.literal('text'),
});

/** WotNot fetches `path` itself. The page does not name the unit of `size`; its samples fit megabytes. */
const file = z.strictObject({
  path: webUrl,
  size: z.number().nonnegative(),
  type: nonEmptyText,
  name: nonEmptyText,
});

export const fileMessage = z.strictObject({ file, type: z.literal('file') });

export const voiceMessage = z.strictObject({ file, type: z.literal('voice') });

/**
 * The page prints parameters and variables for a new conversation only; a template says the same
 * thing inside one, so both take them.
 */
export const templateData = z.strictObject({
  template: nonEmptyText,
  parameters: z
    .strictObject({
      header: z.array(z.string()).optional(),
      body: z.array(z.string()).optional(),
      /** `copy_code`, `otp` and `url` on the page. */
      buttons: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  variables: z.record(z.string(), z.unknown()).optional(),
});

export const templateMessage = z.strictObject({ data: templateData, type: z.literal('template') });
