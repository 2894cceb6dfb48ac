import type { Author as AuthorRow } from '../../domain/conversation.js';
import type { Author } from '../resources.js';

export function presentAuthor(row: AuthorRow): Author {
  return {
    type: row.type,
    ...(row.name === undefined ? {} : { name: row.name }),
    ...(row.email === undefined ? {} : { email: row.email }),
    ...(row.externalId === undefined ? {} : { externalId: row.externalId }),
  };
}
