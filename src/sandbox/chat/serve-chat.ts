import express, { type Request, type Response, Router } from 'express';
import { changeMessage } from '../add-message.js';
import { readFields, readText, refuseControl } from '../control/read-fields.js';
import { emit } from '../emit.js';
import { largestFileBytes } from '../file-shelf.js';
import { saveContact } from '../find-contact.js';
import type { Conversation } from '../rows.js';
import { receiptPayload } from '../webhook-events.js';
import type { World } from '../world.js';
import { arriveAsVisitor, type VisitorWords, writeAsVisitor } from '../write-as-visitor.js';
import { serveFile } from './serve-file.js';
import { viewConversation } from './view-conversation.js';
import { streamView } from './stream-view.js';

/** What the visitor's page asks for. An unguessable conversation id is all it takes. */
export function serveChat(world: World): Router {
  const router = Router();
  const { records } = world;

  const withConversation =
    (act: (conversation: Conversation, request: Request, response: Response) => void) =>
    (request: Request, response: Response): void => {
      const conversation = records.conversations.get(String(request.params['id']));
      if (conversation) act(conversation, request, response);
      else refuseControl(response, 404, 'conversation_not_found', 'There is no such conversation.');
    };

  /** Writes it, unless it is there already: a page whose answer was lost sends it again. */
  function write(conversation: Conversation, words: VisitorWords) {
    const known =
      words.clientId === undefined
        ? undefined
        : records.conversations
            .of(conversation.contactKey)
            .flatMap(({ id }) => records.messages.of(id))
            .find(({ clientId }) => clientId === words.clientId);
    const message = known ?? writeAsVisitor(world, conversation, words).message;
    return { conversationId: message.conversationId, messageId: message.id };
  }

  router.get('/files/:id', (request, response) => serveFile(world, request, response));

  router.put(
    '/chat/api/conversations/:id/files',
    express.raw({ type: () => true, limit: largestFileBytes }),
    withConversation((conversation, request, response) => {
      const bytes: unknown = request.body;
      if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
        return refuseControl(response, 400, 'invalid_request', 'The file is empty.');
      }
      const name = readText({ name: request.query['name'] }, 'name', 200) ?? 'file';
      const type = request.headers['content-type'] ?? 'application/octet-stream';
      const fileId = world.files.put({ bytes, type, name });
      const path = `${world.url()}/files/${fileId}`;
      const file = { name, type, size: bytes.length, path, fileId, state: 'stored' as const };
      const clientId = readText({ clientId: request.query['clientId'] }, 'clientId', 100);
      const isVoice = type.startsWith('audio/');
      response.status(201).json(write(conversation, { file, isVoice, ...(clientId ? { clientId } : {}) }));
    }),
  );

  router.use('/chat/api', express.json({ limit: '1mb' }));

  router.post('/chat/api/conversations', (request, response) => {
    const fields = readFields(request);
    const key = readText(fields, 'visitorKey', 100);
    const name = readText(fields, 'name', 80);
    const isKnown = key !== undefined && records.contacts.get(key) !== undefined;
    const { contact } = saveContact(world, { ...(isKnown ? { key } : {}), ...(name ? { name } : {}) });
    const { conversation } = arriveAsVisitor(world, { contact, origin: 'page', channel: 'WEB' });
    response.status(201).json({ id: conversation.id, visitorKey: contact.key });
  });

  router.get(
    '/chat/api/conversations/:id',
    withConversation((conversation, _request, response) => {
      response.json(viewConversation(world, conversation, 0));
    }),
  );

  router.get(
    '/chat/api/conversations/:id/stream',
    withConversation((conversation, request, response) => streamView(world, conversation, request, response)),
  );

  router.post(
    '/chat/api/conversations/:id/messages',
    withConversation((conversation, request, response) => {
      const fields = readFields(request);
      const text = readText(fields, 'text')?.trim();
      if (!text) return refuseControl(response, 400, 'invalid_request', '"text" is required');
      const clientId = readText(fields, 'clientId', 100);
      response.status(201).json(write(conversation, { text, ...(clientId ? { clientId } : {}) }));
    }),
  );

  router.post(
    '/chat/api/conversations/:id/seen',
    withConversation((conversation, request, response) => {
      const { ids, isRead } = readFields(request);
      const receipt = isRead === true ? 'read' : 'delivered';
      for (const id of Array.isArray(ids) ? ids.slice(0, 500) : []) {
        const message = records.messages.get(String(id));
        if (message?.conversationId !== conversation.id || message.from === 'visitor') continue;
        if (message.file?.state === 'fetching') continue;
        if (message.receipt !== 'sent' && !(message.receipt === 'delivered' && receipt === 'read')) continue;
        const changed = changeMessage(world, message, { receipt });
        void emit(world, conversation.id, 'message_status', receiptPayload(changed, world.now()));
      }
      response.json({ ok: true });
    }),
  );

  return router;
}
