import express, { Router } from 'express';
import { teams } from '../assign.js';
import { presentBriefly, presentConversation } from '../control/present-conversation.js';
import { readFields, refuseControl } from '../control/read-fields.js';
import type { World } from '../world.js';
import { act } from './act.js';

const SHOWN = 200;

/** The back office: what WotNot's own screens would do. */
export function serveOffice(world: World): Router {
  const router = Router();
  const { records } = world;
  router.use('/office/api', express.json({ limit: '1mb' }));

  router.get('/office/api/overview', (_request, response) => {
    const { url, isEnabled } = records.settings.get('webhook') ?? { url: '', isEnabled: false };
    response.json({
      webhook: { url, isEnabled },
      teams: teams.map(({ name }) => name),
      users: records.users
        .all()
        .map(({ email, firstName, lastName }) => ({ email, name: `${firstName} ${lastName}` })),
      conversations: records.conversations
        .all()
        .slice(-SHOWN)
        .reverse()
        .map((conversation) => presentBriefly(world, conversation)),
    });
  });

  router.get('/office/api/conversations/:id', (request, response) => {
    const wanted = request.params.id;
    const conversation =
      records.conversations.get(wanted) ??
      records.conversations.all().find(({ externalKey }) => externalKey === wanted);
    if (conversation) response.json(presentConversation(world, conversation));
    else refuseControl(response, 404, 'conversation_not_found', 'There is no such conversation.');
  });

  router.post('/office/api/conversations/:id/:deed', (request, response) => {
    const conversation = records.conversations.get(request.params.id);
    if (!conversation) {
      return refuseControl(response, 404, 'conversation_not_found', 'There is no such conversation.');
    }
    const deed = act(world, conversation, request.params.deed, readFields(request));
    if (deed.outcome === 'done')
      response.json(presentConversation(world, records.conversations.get(conversation.id) ?? conversation));
    else refuseControl(response, 400, 'refused', deed.message);
  });

  return router;
}
