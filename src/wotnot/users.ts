import { z } from 'zod';
import {
  email,
  givenId,
  quotedId,
  receivedId,
  receivedNumber,
  receivedText,
  receivedTime,
  succeeded,
} from './fields.js';
import { defineOperation } from './operation.js';

const invitation = z.strictObject({
  user: z.strictObject({
    email,
    first_name: z.string().optional(),
    last_name: z.string().optional(),
    role_id: quotedId,
  }),
  /** The page prints the word in quotes: it travels as `"true"` or `"false"`. */
  notify_user: z
    .union([z.boolean(), z.enum(['true', 'false'])], { error: 'must be true or false' })
    .transform(String)
    .optional(),
});

const newRole = z.strictObject({ role_id: quotedId });
const ofUser = { user_id: givenId };

/** WotNot calls the people who work in an account its users: agents and administrators. */
export const users = {
  'list-roles': defineOperation({
    section: 'Fetch account roles',
    channel: 'public',
    method: 'GET',
    path: '/v1/accounts/<account_id>/user-roles',
    carries: 'nothing',
    repeatable: true,
    request: z.strictObject({}),
    body: null,
    answer: z.object({
      ok: succeeded,
      roles: z.array(
        z.object({
          id: receivedId,
          role_name: z.string(),
          description: receivedText,
          master_role_id: receivedId.nullish(),
          role_configuration: z.record(z.string(), z.unknown()).nullish(),
          users_in_role: z.array(
            z.object({
              id: receivedId,
              email: z.string(),
              first_name: receivedText,
              last_name: receivedText,
              image_url: receivedText,
              user_type_id: receivedNumber,
            }),
          ),
          created_at: receivedTime,
        }),
      ),
      pagination: z
        .object({ offset: receivedNumber, limit: receivedNumber, total: receivedNumber })
        .nullish(),
    }),
  }),
  'invite-user': defineOperation({
    section: 'Invite user to account',
    channel: 'public',
    method: 'POST',
    path: '/v1/accounts/<account_id>/user',
    carries: 'json',
    repeatable: false,
    request: invitation,
    body: invitation,
    answer: z.object({ ok: succeeded, status: receivedText, invitation_link: receivedText }),
  }),
  'update-user-role': defineOperation({
    section: 'Update user role',
    channel: 'public',
    method: 'PUT',
    path: '/v1/accounts/<account_id>/users/<user_id>',
    carries: 'json',
    repeatable: true,
    request: newRole.extend(ofUser),
    body: newRole,
    answer: z.object({ ok: succeeded }),
  }),
  'remove-user': defineOperation({
    section: 'Remove user from account',
    channel: 'public',
    method: 'DELETE',
    path: '/v1/accounts/<account_id>/users/<user_id>',
    carries: 'nothing',
    repeatable: true,
    request: z.strictObject(ofUser),
    body: null,
    answer: z.object({ ok: succeeded }),
  }),
};
