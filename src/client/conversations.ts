import type { publicationSchema, startedConversationSchema } from '../contract/answers.js';
import type { OutputOf } from '../contract/json-schema.js';
import type { AddNote, Assign, ListConversations, Publish, StartConversation } from '../contract/commands.js';
import type { Fact } from '../contract/facts.js';
import type { Conversation, ConversationSummary, Message, Note, TicketLink } from '../contract/resources.js';
import type { CommandInput } from '../contract/socket.js';
import type { Page } from './page.js';
import type { SendRequest } from './send-request.js';

export type ConversationQuery = Partial<ListConversations>;
export type MessageInput = CommandInput<'message:send'>['message'];
export type VariableInput = CommandInput<'variables:set'>['variables'][number];

export type NewConversation = StartConversation;
export type Publication = OutputOf<typeof publicationSchema>;
export type StartedConversation = OutputOf<typeof startedConversationSchema>;

export interface Keyed {
  /** A call repeated with the same key is carried out once; one is made up when it is missing. */
  idempotencyKey?: string | undefined;
}

export interface Conversations {
  list(query?: ConversationQuery): Promise<Page<ConversationSummary>>;
  /** Begins one; it is `starting` until the outside has given it its id. */
  start(conversation: NewConversation, options?: Keyed): Promise<StartedConversation>;
  read(conversationId: string): Promise<Conversation>;
  /** Ascending by seq. With `before`: the last `limit` facts before it. */
  events(
    conversationId: string,
    range?: { after?: number; before?: number; limit?: number },
  ): Promise<Page<Fact>>;
  sendMessage(conversationId: string, message: MessageInput, options?: Keyed): Promise<Message>;
  addNote(conversationId: string, note: AddNote, options?: Keyed): Promise<Note>;
  assign(conversationId: string, to: Assign): Promise<{ deliveryId: string }>;
  close(conversationId: string, options?: { by?: string }): Promise<{ deliveryId: string }>;
  setVariables(conversationId: string, variables: VariableInput[]): Promise<{ deliveryId: string }>;
  /** Adds what was learnt to a knowledge base; `publication` tells how far it is. */
  publish(conversationId: string, article: Publish, options?: Keyed): Promise<Publication>;
  publication(publicationId: string): Promise<Publication>;
  ticketLinks(conversationId: string): Promise<Page<TicketLink>>;
}

export function createConversations(send: SendRequest): Conversations {
  const at = (conversationId: string, rest = ''): string =>
    `/v1/conversations/${encodeURIComponent(conversationId)}${rest}`;
  return {
    async list(query = {}) {
      return (await send<Page<ConversationSummary>>({ method: 'GET', path: '/v1/conversations', query }))
        .value;
    },
    async start(conversation, { idempotencyKey = crypto.randomUUID() } = {}) {
      const path = '/v1/conversations';
      return (await send<StartedConversation>({ method: 'POST', path, body: conversation, idempotencyKey }))
        .value;
    },
    async read(conversationId) {
      return (await send<Conversation>({ method: 'GET', path: at(conversationId) })).value;
    },
    async events(conversationId, range = {}) {
      return (await send<Page<Fact>>({ method: 'GET', path: at(conversationId, '/events'), query: range }))
        .value;
    },
    async sendMessage(conversationId, message, { idempotencyKey = crypto.randomUUID() } = {}) {
      const path = at(conversationId, '/messages');
      return (await send<Message>({ method: 'POST', path, body: message, idempotencyKey })).value;
    },
    async addNote(conversationId, note, { idempotencyKey = crypto.randomUUID() } = {}) {
      return (
        await send<Note>({ method: 'POST', path: at(conversationId, '/notes'), body: note, idempotencyKey })
      ).value;
    },
    async assign(conversationId, to) {
      return (
        await send<{ deliveryId: string }>({ method: 'PUT', path: at(conversationId, '/assignee'), body: to })
      ).value;
    },
    async close(conversationId, options = {}) {
      return (
        await send<{ deliveryId: string }>({
          method: 'POST',
          path: at(conversationId, '/close'),
          body: options,
        })
      ).value;
    },
    async setVariables(conversationId, variables) {
      const body = { variables };
      return (
        await send<{ deliveryId: string }>({ method: 'PUT', path: at(conversationId, '/variables'), body })
      ).value;
    },
    async publish(conversationId, article, { idempotencyKey = crypto.randomUUID() } = {}) {
      const path = at(conversationId, '/publish');
      return (await send<Publication>({ method: 'POST', path, body: article, idempotencyKey })).value;
    },
    async publication(publicationId) {
      const path = `/v1/publications/${encodeURIComponent(publicationId)}`;
      return (await send<Publication>({ method: 'GET', path })).value;
    },
    async ticketLinks(conversationId) {
      return (await send<Page<TicketLink>>({ method: 'GET', path: at(conversationId, '/ticket-links') }))
        .value;
    },
  };
}
