import { addFact, changeConversation, owe } from '../../../src/desk/change-conversation.js';
import type { Principal } from '../../../src/access/principal.js';
import type { ChatFact } from '../../../src/domain/chat-fact.js';
import { newId } from '../../../src/domain/ids.js';
import { projectLanes, type ReadEvent } from '../../../src/projection/project-lanes.js';
import { createConversationList } from '../../../src/store/conversation-list.js';
import { createConversationReader } from '../../../src/store/conversation-state.js';
import { createConversationWriter } from '../../../src/store/conversation-writer.js';
import { createDeliveryList } from '../../../src/store/delivery-list.js';
import { createFeed } from '../../../src/store/feed.js';
import { createInbox, type NewInboundEvent } from '../../../src/store/inbox.js';
import { createLaneReader } from '../../../src/store/lane-reader.js';
import type { DeliveryLane, InboundLane } from '../../../src/store/nudges.js';
import { createNudges } from '../../../src/store/nudges.js';
import { createEarlyLanes } from '../../../src/store/early-lanes.js';
import { createOutbox } from '../../../src/store/outbox.js';
import { WorkspaceScope } from '../../../src/store/scope.js';
import { type DatabaseKind, openTestDatabase } from '../../support/test-database.js';

/** A workspace with a connection, in the database. */
export interface Place {
  scope: WorkspaceScope;
  connectionId: string;
  principal: Principal;
}

export type Rooms = Awaited<ReturnType<typeof openRooms>>;

/** The rooms between the walls, on a database of their own; their events say in so many words what they mean. */
export async function openRooms(kind: DatabaseKind) {
  const { database, url, close } = await openTestDatabase(kind);
  const nudges = createNudges();
  const inbox = createInbox(database);
  const reader = createConversationReader(database);
  const laneReader = createLaneReader(database);
  const writer = createConversationWriter(database, nudges);
  const outbox = createOutbox(database);
  const earlyLanes = createEarlyLanes(database);

  /** An event of these tests carries its facts. */
  const read: ReadEvent = async (event) =>
    Array.isArray(event.payload['facts'])
      ? { outcome: 'facts', facts: event.payload['facts'] as ChatFact[] }
      : { outcome: 'unrecognised', reason: 'unknown_type' };

  const addPlace = async (): Promise<Place> => {
    const scope = WorkspaceScope.open(newId('workspace'));
    const connectionId = newId('connection');
    await database.prisma.workspace.create({ data: { id: scope.workspaceId, name: scope.workspaceId } });
    await database.prisma.connection.create({
      data: {
        workspaceId: scope.workspaceId,
        id: connectionId,
        connector: 'fake',
        side: 'chat',
        name: 'Fake',
        webhookKey: connectionId,
        webhookTokenHashes: [],
      },
    });
    return {
      scope,
      connectionId,
      principal: { type: 'program', scope, keyId: newId('apiKey'), name: 'test', permissions: ['admin'] },
    };
  };

  const record = (place: Place, laneKey: string, facts: ChatFact[][]) =>
    inbox.record(facts.map((each) => newEvent(place, { laneKey, payload: { facts: each } })));

  const projectAll = async (place: Place, laneKeys: string[]): Promise<void> => {
    let lanes: InboundLane[] = laneKeys.map((laneKey) => ({
      workspaceId: place.scope.workspaceId,
      connectionId: place.connectionId,
      laneKey,
    }));
    while (lanes.length > 0)
      lanes = (await projectLanes({ inbox, lanes: laneReader, conversations: reader, writer }, read, lanes))
        .again;
  };

  return {
    kind,
    url,
    database,
    nudges,
    inbox,
    reader,
    writer,
    outbox,
    earlyLanes,
    read,
    feed: createFeed(database),
    list: createConversationList(database),
    deliveries: createDeliveryList(database, nudges),
    addPlace,
    record,
    projectAll,
    /** A conversation that is there. */
    async addConversation(place: Place, laneKey = newId('conversation')): Promise<DeliveryLane> {
      await record(place, laneKey, [[hello]]);
      await projectAll(place, [laneKey]);
      const row = await database.prisma.conversation.findFirstOrThrow({
        where: { workspaceId: place.scope.workspaceId, externalConversationId: laneKey },
      });
      return { workspaceId: row.workspaceId, connectionId: row.connectionId, conversationId: row.id };
    },
    /** As a reply does: the message is in the conversation and owed, in one commit. */
    async owe(place: Place, conversationId: string, text: string): Promise<string> {
      const answer = await changeConversation<string>(
        { conversations: reader, writer },
        place.principal,
        conversationId,
        (change) => {
          const id = newId('message');
          const at = new Date();
          const deliveryId = owe(
            change,
            { kind: 'send-message', agentEmail: 'a@b.example', content: { type: 'text', text } },
            id,
          );
          const seq = addFact(change, { type: 'message.queued', data: { messageId: id } }, at);
          change.messages.push({
            id,
            seq,
            direction: 'out',
            author: { type: 'agent', email: 'a@b.example' },
            kind: 'text',
            text,
            content: {},
            state: 'queued',
            deliveryId,
            flags: [],
            occurredAt: at,
          });
          return { outcome: 'change', value: deliveryId };
        },
      );
      if (answer.outcome === 'refused') throw new Error(answer.code);
      return answer.value;
    },
    readLane: async (lane: DeliveryLane) =>
      database.prisma.lane.findUniqueOrThrow({ where: { workspaceId_connectionId_conversationId: lane } }),
    close,
  };
}

export const hello: ChatFact = {
  type: 'message',
  contact: {},
  author: { type: 'contact' },
  kind: 'text',
  text: 'hello',
  content: {},
};

export function newEvent(place: Place, given: Partial<NewInboundEvent> = {}): NewInboundEvent {
  return {
    scope: place.scope,
    connectionId: place.connectionId,
    laneKey: 'lane',
    kind: 'message',
    key: newId('message'),
    repeatSeconds: 0,
    payload: {},
    flags: [],
    ...given,
  };
}
