import type { TemplateContent } from '../../domain/conversation.js';
import type { Message } from '../resources.js';

export function presentTemplate(row: TemplateContent): NonNullable<Message['template']> {
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
