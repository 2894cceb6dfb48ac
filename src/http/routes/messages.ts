import {
  addNoteSchema,
  idParameter,
  messageSchema,
  noteSchema,
  sendMessageSchema,
} from '../../contract/index.js';
import { presentMessage, presentNote } from '../../contract/present/index.js';
import { answered, route, settle } from '../route.js';

const reply = route({
  operationId: 'reply',
  method: 'post',
  path: '/v1/conversations/{id}/messages',
  permission: 'desk',
  tag: 'Conversations',
  summary: 'Reply to the contact',
  description: 'Answered when the message is safely recorded. Its facts tell what becomes of it.',
  params: idParameter,
  body: sendMessageSchema,
  answers: { 202: messageSchema },
  refusals: [
    'not_found',
    'conversation_closed',
    'connection_disconnected',
    'agent_required',
    'agent_unknown',
    'file_unknown',
    'file_empty',
    'file_not_voice',
    'url_not_allowed',
    'url_unreachable',
    'body_too_large',
    'file_store_failed',
  ],
  keepsAnswer: { verbKnowsKey: true },
  run: async ({ desk }, { principal, params, body, idempotencyKey }) =>
    settle(await desk.reply(principal, params.id, body, idempotencyKey), (message) =>
      answered(
        202,
        presentMessage(message, (fileId, name) => desk.signFileUrl(principal, fileId, name)),
      ),
    ),
});

const addNote = route({
  operationId: 'addNote',
  method: 'post',
  path: '/v1/conversations/{id}/notes',
  permission: 'desk',
  tag: 'Conversations',
  summary: 'Add a note that only agents see',
  params: idParameter,
  body: addNoteSchema,
  answers: { 201: noteSchema },
  refusals: ['not_found', 'agent_required', 'agent_unknown'],
  keepsAnswer: { verbKnowsKey: true },
  run: async ({ desk }, { principal, params, body, idempotencyKey }) =>
    settle(await desk.addNote(principal, params.id, body, idempotencyKey), (note) =>
      answered(201, presentNote(note)),
    ),
});

export const messages = [reply, addNote];
