import type { WotNotRequest } from '../../wotnot/index.js';
import { saveContact } from '../find-contact.js';
import type { Handler } from './api-request.js';

/** A known e-mail or phone brings the contact up to date; any other makes a new one. */
export const createContacts: Handler = (world, request) => {
  const { contacts } = request.body as WotNotRequest<'create-contacts'>;
  const created: unknown[] = [];
  const updated: unknown[] = [];
  for (const { name, email, phone, custom_variables: customVariables } of contacts) {
    const { contact, isNew } = saveContact(world, {
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
      ...(phone ? { phone } : {}),
      ...(customVariables ? { customVariables } : {}),
    });
    const row = { id: contact.id, external_key: contact.externalKey, key: contact.key, ok: true };
    (isNew ? created : updated).push(row);
  }
  return { status: 200, body: { created, updated } };
};
