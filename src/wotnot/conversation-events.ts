import { z } from 'zod';
import { email, givenId, nonEmptyText, succeeded } from './fields.js';
import { defineOperation } from './operation.js';

const path = '/api/v1/conversation/<conversation_id>/events';
const ofConversation = { conversation_id: givenId };
const answer = z.object({ ok: succeeded });

/** A caller may leave out what the operation's name already says. */
const givenClosing = {
  event: z.literal('status').default('status'),
  status: z.literal('CLOSE').default('CLOSE'),
};
const givenAssignee = { event: z.literal('assignee').default('assignee') };

const closing = z.strictObject({
  event: z.literal('status'),
  status: z.literal('CLOSE'),
  user: z.strictObject({ by: email }),
});

const toUser = z.strictObject({
  event: z.literal('assignee'),
  user: z.strictObject({ by: email, to: email }),
});

const toTeam = z.strictObject({
  event: z.literal('assignee'),
  team: z.strictObject({ by: email, to: nonEmptyText }),
});

const variableUpdate = z.strictObject({
  variables: z
    .array(
      z.strictObject({
        name: nonEmptyText,
        type: z.enum(['conversation', 'contact']),
        value: z.union([z.string(), z.number(), z.boolean()], {
          error: 'must be a text, a number or a boolean',
        }),
      }),
    )
    .min(1),
});

/** What may happen to a conversation that runs. Assigning is one section of the page with two bodies. */
export const conversationEvents = {
  'close-conversation': defineOperation({
    section: 'Closing a conversation',
    channel: 'public',
    method: 'POST',
    path,
    carries: 'json',
    repeatable: true,
    request: closing.extend({ ...ofConversation, ...givenClosing }),
    body: closing,
    answer,
  }),
  'assign-user': defineOperation({
    section: 'Changing assignee in a conversation',
    channel: 'public',
    method: 'POST',
    path,
    carries: 'json',
    repeatable: true,
    request: toUser.extend({ ...ofConversation, ...givenAssignee }),
    body: toUser,
    answer,
  }),
  'assign-team': defineOperation({
    section: 'Changing assignee in a conversation',
    channel: 'public',
    method: 'POST',
    path,
    carries: 'json',
    repeatable: true,
    request: toTeam.extend({ ...ofConversation, ...givenAssignee }),
    body: toTeam,
    answer,
  }),
  'update-variables': defineOperation({
    section: 'Update variable of a conversation',
    channel: 'public',
    method: 'POST',
    path: '/v1/accounts/<account_id>/conversations/<conversation_id>/variables',
    carries: 'json',
    repeatable: true,
    request: variableUpdate.extend(ofConversation),
    body: variableUpdate,
    answer,
  }),
};
