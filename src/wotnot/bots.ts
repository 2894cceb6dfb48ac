import { z } from 'zod';
import {
  bareId,
  givenId,
  nonEmptyText,
  receivedId,
  receivedNumber,
  receivedText,
  receivedTime,
  succeeded,
} from './fields.js';
import { defineOperation } from './operation.js';

const newBot = z.strictObject({
  name: nonEmptyText,
  template_id: bareId.optional(),
  channel: nonEmptyText,
});

const flow = z.union([nonEmptyText, z.record(z.string(), z.unknown()), z.array(z.unknown())], {
  error: "must be the bot's flow, as text or as JSON",
});

const deployment = z.strictObject({ flow_diagram: flow });
const ofBot = { bot_id: givenId };

const botFlow = z.object({
  ok: succeeded,
  data: z.unknown(),
  is_deployed: z.boolean().nullish(),
  last_deployed_at: receivedTime,
});

export const bots = {
  'create-bot': defineOperation({
    section: 'Create a bot',
    channel: 'public',
    method: 'POST',
    path: '/v1/bot',
    carries: 'json',
    repeatable: false,
    request: newBot,
    body: newBot,
    answer: z.object({ ok: succeeded, id: receivedId }),
  }),
  'get-bot-flow': defineOperation({
    section: 'Fetch bot flow',
    channel: 'public',
    method: 'GET',
    path: '/v1/bots/<bot_id>/flow',
    carries: 'nothing',
    repeatable: true,
    request: z.strictObject(ofBot),
    body: null,
    answer: botFlow,
  }),
  'deploy-bot-flow': defineOperation({
    section: 'Deploy bot flow',
    channel: 'public',
    method: 'POST',
    path: '/v1/bots/<bot_id>/deploy',
    carries: 'json',
    repeatable: true,
    request: deployment.extend(ofBot),
    body: deployment,
    answer: botFlow,
  }),
  'list-bots': defineOperation({
    section: 'Fetch bots list',
    channel: 'public',
    method: 'GET',
    path: '/v1/accounts/<account_id>/bots',
    carries: 'nothing',
    repeatable: true,
    request: z.strictObject({}),
    body: null,
    answer: z.object({
      ok: succeeded,
      bots: z.array(
        z.object({
          bot_id: receivedId,
          bot_key: receivedId.nullish(),
          bot_title: receivedText,
          channels: z.array(z.object({ name: receivedText })).nullish(),
          is_active: z.boolean().nullish(),
          is_inactive_by_system: z.boolean().nullish(),
          last_deployed_at: receivedTime,
          created_at: receivedTime,
          priority: receivedNumber,
          preferred_bot_language: z.object({ label: receivedText, code: receivedText }).nullish(),
          type: receivedText,
          outbound_type: receivedText,
          bot_owner: z.object({ id: receivedId, name: receivedText, email: receivedText }).nullish(),
          preview_key: receivedId.nullish(),
        }),
      ),
    }),
  }),
};
