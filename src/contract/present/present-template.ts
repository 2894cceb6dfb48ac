import type { z } from 'zod';
import type { TemplateContent } from '../../domain/conversation.js';
import type { templateSchema } from '../resources.js';

/** A template on its way in or out: known fields only, and none that is there but undefined. */
export function presentTemplate(row: z.infer<typeof templateSchema>): TemplateContent {
  const { header, body, buttons } = row.parameters ?? {};
  return {
    name: row.name,
    ...(row.parameters === undefined
      ? {}
      : {
          parameters: {
            ...(header === undefined ? {} : { header: [...header] }),
            ...(body === undefined ? {} : { body: [...body] }),
            ...(buttons === undefined ? {} : { buttons: { ...buttons } }),
          },
        }),
    ...(row.variables === undefined ? {} : { variables: { ...row.variables } }),
  };
}
