import { type Request, type Response, Router } from 'express';
import { emit } from '../emit.js';
import { saveContact } from '../find-contact.js';
import type { Conversation } from '../rows.js';
import type { World } from '../world.js';
import { arriveAsVisitor, type VisitorWords, writeAsVisitor } from '../write-as-visitor.js';
import { presentBriefly, presentConversation } from './present-conversation.js';
import { readFault } from './read-fault.js';
import { type Fields, readFields, readText, refuseControl } from './read-fields.js';

function readWords(fields: Fields): VisitorWords | undefined {
  const text = readText(fields, 'text');
  const file = fields['file'];
  if (typeof file === 'object' && file !== null) {
    const path = readText(file as Fields, 'path') ?? readText(file as Fields, 'url');
    if (path === undefined || !/^https?:\/\//.test(path)) return undefined;
    const name = readText(file as Fields, 'name', 200) ?? 'file';
    const type = readText(file as Fields, 'type', 100) ?? 'application/octet-stream';
    const isVoice = fields['type'] === 'voice';
    return {
      isVoice,
      ...(text === undefined ? {} : { text }),
      file: { name, type, size: 0, path, state: 'fetching' },
    };
  }
  return text === undefined ? undefined : { text };
}

/** For tests and the curious: no authentication, so the sandbox listens on loopback only. */
export function serveControl(world: World, reset: (keepWebhook: boolean) => void): Router {
  const router = Router();
  const { records, faults, requests } = world;

  const withConversation =
    (act: (conversation: Conversation, request: Request, response: Response) => void) =>
    (request: Request, response: Response): void => {
      const conversation = records.conversations.get(String(request.params['id']));
      if (conversation) act(conversation, request, response);
      else refuseControl(response, 404, 'conversation_not_found', 'There is no such conversation.');
    };

  router.get('/conversations', (_request, response) => {
    response.json(records.conversations.all().map((conversation) => presentBriefly(world, conversation)));
  });

  router.post('/conversations', (request, response) => {
    const fields = readFields(request);
    const name = readText(fields, 'name', 200);
    const email = readText(fields, 'email', 320);
    const phone = readText(fields, 'phone', 40);
    const key = readText(fields, 'visitorKey', 100);
    if (key !== undefined && !records.contacts.get(key)) {
      return refuseControl(response, 404, 'visitor_not_found', 'There is no such visitor.');
    }
    const { contact } = saveContact(world, {
      ...(key ? { key } : {}),
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
      ...(phone ? { phone } : {}),
    });
    const words = readWords(fields);
    const { conversation, message } = arriveAsVisitor(world, {
      contact,
      origin: 'control',
      channel: 'WEB',
      human: fields['human'] === true,
      ...(words ? { words } : {}),
    });
    response.status(201).json({
      id: conversation.id,
      visitorKey: contact.key,
      ...(message ? { messageId: message.id } : {}),
    });
  });

  router.get(
    '/conversations/:id',
    withConversation((conversation, _request, response) => {
      response.json(presentConversation(world, conversation));
    }),
  );

  router.post(
    '/conversations/:id/messages',
    withConversation((conversation, request, response) => {
      const words = readWords(readFields(request));
      if (!words) return refuseControl(response, 400, 'invalid_request', '"text" or "file.path" is required');
      const written = writeAsVisitor(world, conversation, words);
      response.status(201).json({
        id: written.conversation.id,
        conversationId: written.conversation.id,
        visitorKey: written.conversation.contactKey,
        messageId: written.message.id,
      });
    }),
  );

  router.post('/events', (request, response) => {
    const fields = readFields(request);
    const type = readText(fields, 'type', 200);
    const conversationId = readText(fields, 'conversationId', 500);
    if (type === undefined || conversationId === undefined) {
      return refuseControl(response, 400, 'invalid_request', '"type" and "conversationId" are required');
    }
    const visitorKey = readText(fields, 'visitorKey', 500);
    const isQueued = records.settings.get('webhook')?.isEnabled === true;
    void emit(world, conversationId, type, fields['payload'], {
      always: true,
      ...(visitorKey ? { visitorKey } : {}),
    });
    response.status(202).json({ ok: true, isQueued });
  });

  router
    .route('/faults')
    .get((_request, response) => {
      response.json(faults.list());
    })
    .post((request, response) => {
      const reading = readFault(request.body);
      if (reading.outcome === 'wrong')
        return refuseControl(response, 400, 'invalid_request', reading.message);
      response.status(201).json(faults.plant(reading.fault));
    })
    .delete((_request, response) => {
      faults.clear();
      response.json({ ok: true });
    });

  router.delete('/faults/:fault', (request, response) => {
    if (faults.remove(Number(request.params['fault']))) response.json({ ok: true });
    else refuseControl(response, 404, 'fault_not_found', 'There is no such fault.');
  });

  router.get('/requests', (request, response) => {
    const since = Number(request.query['since'] ?? 0);
    response.json(requests.since(Number.isFinite(since) ? since : 0));
  });

  router.get('/webhooks', (request, response) => {
    const since = Number(request.query['since'] ?? 0);
    response.json(records.webhooks.all().filter((row) => row.n > (Number.isFinite(since) ? since : 0)));
  });

  router.get('/settings', (_request, response) => {
    const { url, isEnabled, events } = records.settings.get('webhook') ?? {
      url: '',
      isEnabled: false,
      events: [],
    };
    response.json({ accountId: world.accountId, webhook: { url, isEnabled, events } });
  });

  router.post('/contacts/:key/block', (request, response) => {
    const contact = records.contacts.get(request.params['key']);
    if (!contact) return refuseControl(response, 404, 'visitor_not_found', 'There is no such visitor.');
    const isBlocked = readFields(request)['blocked'] !== false;
    records.contacts.put(contact.key, { ...contact, isBlocked });
    response.json({ ok: true, isBlocked });
  });

  router.post('/reset', (request, response) => {
    reset(readFields(request)['keepWebhook'] === true);
    response.json({ ok: true });
  });

  return router;
}
