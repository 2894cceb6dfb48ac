import { openFileLink, signFileLink } from '../access/file-link.js';
import type { DeliveryView } from '../domain/views.js';
import { FEED_START } from '../store/feed.js';
import { addNote } from './add-note.js';
import { assign } from './assign.js';
import { close } from './close.js';
import type { Desk } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';
import { linkTicket } from './link-ticket.js';
import { listConversations } from './list-conversations.js';
import { publish, readPublication } from './publish.js';
import { redriveDelivery } from './redrive-delivery.js';
import { reply } from './reply.js';
import { resolveDelivery } from './resolve-delivery.js';
import { setVariables } from './set-variables.js';
import { startConversation } from './start-conversation.js';
import { storeFile } from './store-file.js';

/** Types that a browser may show in place; everything else is saved. */
const INLINE = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/(mp4|webm|ogg|quicktime))$/u;

export const mayShowInline = (contentType: string): boolean => INLINE.test(contentType);

const noConversation = () => refused('not_found', 'There is no such conversation.');
const noLink = () => refused('not_found', 'No conversation is linked to this ticket.');
const foreignCursor = () => refused('cursor_invalid', 'This cursor is none of ours.');

/** The desk: its verbs, put together. */
export function createDesk(deps: DeskDeps): Desk {
  return {
    startConversation: (principal, input, key) => startConversation(deps, principal, input, key),
    reply: (principal, conversationId, input, key) => reply(deps, principal, conversationId, input, key),
    addNote: (principal, conversationId, note, key) => addNote(deps, principal, conversationId, note, key),
    assign: (principal, conversationId, to) => assign(deps, principal, conversationId, to),
    close: (principal, conversationId, options) => close(deps, principal, conversationId, options),
    publish: (principal, conversationId, input) => publish(deps, principal, conversationId, input),
    readPublication: (principal, id) => readPublication(deps, principal, id),
    setVariables: (principal, conversationId, variables) =>
      setVariables(deps, principal, conversationId, variables),

    listConversations: (principal, filter) => listConversations(deps, principal, filter),
    async readConversation(principal, conversationId) {
      const [conversation, ticketLinks] = await Promise.all([
        deps.list.read(principal.scope, conversationId),
        deps.links.list(principal.scope, conversationId),
      ]);
      return conversation === undefined ? noConversation() : done({ conversation, ticketLinks });
    },
    async listEvents(principal, conversationId, range) {
      const conversation = await deps.list.read(principal.scope, conversationId);
      if (conversation === undefined) return noConversation();
      return done(await deps.feed.readConversation(principal.scope, conversationId, range));
    },
    async listFacts(principal, range) {
      const reading = await deps.feed.readAfter(principal.scope, range.after ?? FEED_START, range.limit);
      return reading.outcome === 'start_afresh'
        ? foreignCursor()
        : done({ facts: reading.facts, cursor: reading.cursor });
    },

    linkTicket: (principal, link) => linkTicket(deps, principal, link),
    async findTicketLink(principal, connectionId, externalTicketId) {
      const link = await deps.links.find(principal.scope, connectionId, externalTicketId);
      return link === undefined ? noLink() : done(link);
    },
    async listTicketLinks(principal, conversationId) {
      const conversation = await deps.list.read(principal.scope, conversationId);
      return conversation === undefined
        ? noConversation()
        : done(await deps.links.list(principal.scope, conversationId));
    },
    async unlinkTicket(principal, connectionId, externalTicketId) {
      const link = await deps.links.unlink(principal.scope, connectionId, externalTicketId);
      return link === undefined ? noLink() : done(link);
    },

    storeFile: (principal, file) => storeFile(deps, principal, { ...file, isForLater: true }),
    async linkFile(principal, fileId) {
      const file = await deps.files.find(principal.scope, fileId);
      if (file === undefined) return refused('file_unknown', 'There is no such file.');
      return done(signFileLink(deps, { workspaceId: principal.scope.workspaceId, fileId, name: file.name }));
    },
    async openFileLink(link) {
      const opened = openFileLink(deps.linkKey, link);
      if (opened.outcome === 'refused') return opened;
      const file = await deps.files.find(opened.scope, link.fileId);
      if (file === undefined) return { outcome: 'refused', code: 'not_found' };
      const bytes = await deps.files.read(opened.scope, link.fileId);
      return { outcome: 'opened', file, bytes, inline: mayShowInline(file.contentType) };
    },
    signFileUrl: (principal, fileId, name) =>
      signFileLink(deps, { workspaceId: principal.scope.workspaceId, fileId, name }).url,

    async listDeliveries(principal, filter) {
      const page = await deps.deliveries.list(principal.scope, { ...filter, states: statesOf(filter.state) });
      return page === undefined ? foreignCursor() : done(page);
    },
    redriveDelivery: (principal, deliveryId) => redriveDelivery(deps, principal, deliveryId),
    resolveDelivery: (principal, deliveryId, resolution) =>
      resolveDelivery(deps, principal, deliveryId, resolution),
    async listInboundEvents(principal, filter) {
      const page = await deps.inbox.list(principal.scope, filter);
      return page === undefined ? foreignCursor() : done(page);
    },
    async replayInboundEvent(principal, eventId) {
      const replayed = await deps.inbox.replay(principal.scope, eventId);
      switch (replayed.outcome) {
        case 'waiting':
          deps.nudges.send('projection', [replayed.lane]);
          return done(replayed.event);
        case 'not_parked':
          return refused('event_not_parked', 'Only an unrecognised or failed event can be replayed.');
        case 'not_found':
          return refused('not_found', 'There is no such event.');
      }
    },
  };
}

/** `pending` stands for everything that is still owed. */
function statesOf(state: string | undefined): DeliveryView['state'][] | undefined {
  switch (state) {
    case undefined:
      return undefined;
    case 'pending':
      return ['waiting', 'sending'];
    default:
      return [state as DeliveryView['state']];
  }
}
