import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BridgeError } from '../../src/client/index.js';
import { COMMANDS, type CommandName } from '../../src/contract/socket.js';
import { type House, openHouse } from '../support/house.js';
import { openScreen } from '../support/screen.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';

/** Words of the first workspace that must not be seen from the second. */
const SECRET_WORDS = 'the secret garden';

interface Ids {
  conversationId: string;
  messageId: string;
  connectionId: string;
  ticketId: string;
  deliveryId: string;
  eventId: string;
  agentId: string;
  keyId: string;
  fileId: string;
}

/** Every operation that names something: how a stranger would ask for it. A new one without a row fails. */
const NAMING: Record<string, (ids: Ids) => { params: Record<string, string>; body?: unknown }> = {
  readConversation: (ids) => ({ params: { id: ids.conversationId } }),
  listConversationEvents: (ids) => ({ params: { id: ids.conversationId } }),
  assign: (ids) => ({ params: { id: ids.conversationId }, body: { team: 'Sales', by: 'ada@fern.example' } }),
  close: (ids) => ({ params: { id: ids.conversationId }, body: { by: 'ada@fern.example' } }),
  setVariables: (ids) => ({
    params: { id: ids.conversationId },
    body: { variables: [{ name: 'stolen', value: 'yes' }] },
  }),
  reply: (ids) => ({
    params: { id: ids.conversationId },
    body: { type: 'text', text: 'intruder', by: 'ada@fern.example' },
  }),
  addNote: (ids) => ({
    params: { id: ids.conversationId },
    body: { text: 'intruder', by: 'ada@fern.example' },
  }),
  publish: (ids) => ({
    params: { id: ids.conversationId },
    body: { as: 'text', knowledgeBaseId: '1' },
  }),
  readPublication: (ids) => ({ params: { id: ids.deliveryId } }),
  listTicketLinks: (ids) => ({ params: { id: ids.conversationId } }),
  findTicketLink: (ids) => ({ params: { connectionId: ids.connectionId, externalTicketId: ids.ticketId } }),
  linkTicket: (ids) => ({
    params: { connectionId: ids.connectionId, externalTicketId: ids.ticketId },
    body: { conversationId: ids.conversationId },
  }),
  unlinkTicket: (ids) => ({ params: { connectionId: ids.connectionId, externalTicketId: ids.ticketId } }),
  redriveDelivery: (ids) => ({ params: { id: ids.deliveryId } }),
  resolveDelivery: (ids) => ({ params: { id: ids.deliveryId }, body: { as: 'delivered' } }),
  replayInboundEvent: (ids) => ({ params: { id: ids.eventId } }),
  readConnection: (ids) => ({ params: { id: ids.connectionId } }),
  changeConnection: (ids) => ({ params: { id: ids.connectionId }, body: { name: 'intruder' } }),
  checkConnection: (ids) => ({ params: { id: ids.connectionId } }),
  listConnectionAgents: (ids) => ({ params: { id: ids.connectionId } }),
  inviteAgent: (ids) => ({
    params: { id: ids.connectionId, email: 'linus@fern.example' },
    body: { roleId: '1' },
  }),
  pauseConnection: (ids) => ({ params: { id: ids.connectionId }, body: { reason: 'intruder' } }),
  resumeConnection: (ids) => ({ params: { id: ids.connectionId } }),
  rotateWebhookToken: (ids) => ({ params: { id: ids.connectionId } }),
  endOldToken: (ids) => ({ params: { id: ids.connectionId } }),
  replaceCredentials: (ids) => ({
    params: { id: ids.connectionId },
    body: { credentials: { token: 'intruders-token-that-is-long' } },
  }),
  disconnect: (ids) => ({ params: { id: ids.connectionId } }),
  disableAgent: (ids) => ({ params: { id: ids.agentId } }),
  createSignInLink: (ids) => ({ params: { id: ids.agentId } }),
  revokeApiKey: (ids) => ({ params: { id: ids.keyId } }),
};

const COMMAND_INPUTS: {
  [N in Exclude<CommandName, 'session:renew' | 'conversation:unwatch'>]: (ids: Ids) => object;
} = {
  'conversation:watch': ({ conversationId }) => ({ conversationId, after: 0 }),
  'message:send': ({ conversationId }) => ({ conversationId, message: { type: 'text', text: 'intruder' } }),
  'note:add': ({ conversationId }) => ({ conversationId, note: { text: 'intruder' } }),
  'conversation:assign': ({ conversationId }) => ({ conversationId, to: { team: 'Sales' } }),
  'conversation:close': ({ conversationId }) => ({ conversationId }),
  'variables:set': ({ conversationId }) => ({
    conversationId,
    variables: [{ name: 'stolen', value: 'yes' }],
  }),
  'ticket:link': (ids) => ({
    connectionId: ids.connectionId,
    externalTicketId: ids.ticketId,
    conversationId: ids.conversationId,
  }),
  'delivery:resolve': ({ deliveryId }) => ({ deliveryId, as: 'cancel' }),
  'typing:start': ({ conversationId }) => ({ conversationId }),
};

const NOBODYS: Ids = {
  conversationId: 'cnv_0123456789abcdefghjkmnpqrs',
  messageId: 'msg_0123456789abcdefghjkmnpqrs',
  connectionId: 'con_0123456789abcdefghjkmnpqrs',
  ticketId: 'T-nobody',
  deliveryId: 'dlv_0123456789abcdefghjkmnpqrs',
  eventId: 'inb_999999999',
  agentId: 'agt_0123456789abcdefghjkmnpqrs',
  keyId: 'key_0123456789abcdefghjkmnpqrs',
  fileId: 'fil_0123456789abcdefghjkmnpqrs',
};

interface Operation {
  name: string;
  method: string;
  path: string;
}

async function readOperations(url: string): Promise<Operation[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ name: operationId, method, path })),
    );
}

describe('S-TEN-1, B41: workspaces never meet', () => {
  onEachDatabase((kind) => {
    let house: House;
    let stranger: Tenancy;
    let ids: Ids;
    let operations: Operation[];
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      stranger = await house.addTenancy();
      operations = await readOperations(house.url);
      const { visitor, conversationId } = await house.arriveAndFind(SECRET_WORDS);
      await house.plant({ do: 'answer', code: 'CONTACT_IS_BLOCKED', conversationId: visitor.id, times: 1 });
      const message = await house.ada.conversations.sendMessage(conversationId, {
        type: 'text',
        text: SECRET_WORDS,
      });
      await house.emit({ type: 'hologram', payload: { words: SECRET_WORDS }, conversationId: visitor.id });
      await house.program.ticketLinks.link(house.connectionId, 'T-secret', { conversationId });
      const file = await house.ada.files.upload({ name: 'secret.txt', bytes: Buffer.from(SECRET_WORDS) });
      await house.settle();
      const [event] = (await house.program.inboundEvents.list({ state: 'unrecognised' })).data;
      const [agent] = (await house.program.agents.list()).data;
      const [key] = (await house.program.keys.list()).data;
      ids = {
        conversationId,
        messageId: message.id,
        connectionId: house.connectionId,
        ticketId: 'T-secret',
        deliveryId: message.deliveryId ?? '',
        eventId: event?.id ?? '',
        agentId: agent?.id ?? '',
        keyId: key?.id ?? '',
        fileId: file.fileId,
      };
    });
    afterAll(() => house?.close());

    const ask = async (
      operation: Operation,
      row: { params: Record<string, string>; body?: unknown },
      token: string,
    ) => {
      const path = operation.path.replace(/\{(\w+)\}/gu, (_all, name: string) =>
        encodeURIComponent(row.params[name] ?? ''),
      );
      const response = await fetch(`${house.url}${path}`, {
        method: operation.method.toUpperCase(),
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': crypto.randomUUID(),
        },
        ...(row.body === undefined ? {} : { body: JSON.stringify(row.body) }),
      });
      const text = await response.text();
      return { status: response.status, text: text.replace(/"requestId":"[^"]*"/u, '') };
    };

    it('every route that names something answers a stranger as if it were not there', async () => {
      const naming = operations.filter(({ path }) => path.includes('{'));
      expect(naming.map(({ name }) => name).sort()).toEqual(Object.keys(NAMING).sort());
      const before = await house.program.conversations.read(ids.conversationId);
      for (const operation of naming) {
        const row = NAMING[operation.name];
        if (row === undefined) throw new Error(`no row for ${operation.name}`);
        const theirs = await ask(operation, row(ids), stranger.apiKey);
        const nobodys = await ask(operation, row(NOBODYS), stranger.apiKey);
        expect({ name: operation.name, ...theirs }).toEqual({ name: operation.name, ...nobodys });
        expect({ name: operation.name, status: theirs.status }).toEqual({
          name: operation.name,
          status: 404,
        });
      }
      await house.settle();
      expect(await house.program.conversations.read(ids.conversationId)).toEqual(before);
      expect((await house.program.connections.read(ids.connectionId)).status).toBe('active');
    });

    it('no list shows a stranger a word or an id of another workspace', async () => {
      const lists = operations.filter(({ path, method }) => !path.includes('{') && method === 'get');
      expect(lists.length).toBeGreaterThanOrEqual(8);
      for (const operation of lists) {
        for (const token of [stranger.apiKey, stranger.ada.session.held?.token ?? '']) {
          const { text } = await ask(operation, { params: {} }, token);
          for (const word of [SECRET_WORDS, house.workspaceId, ...Object.values<string>({ ...ids })]) {
            if (word !== ids.eventId)
              expect({ path: operation.path, shows: text.includes(word) }).toEqual({
                path: operation.path,
                shows: false,
              });
          }
        }
      }
      for (const query of [`conversationId=${ids.conversationId}`, `connectionId=${ids.connectionId}`]) {
        const response = await fetch(`${house.url}/v1/deliveries?${query}`, {
          headers: { authorization: `Bearer ${stranger.apiKey}` },
        });
        expect(await response.json()).toEqual({ data: [] });
      }
      expect((await stranger.program.conversations.list({ q: 'secret' })).data).toEqual([]);
    });

    it('a file and a connection of another workspace cannot be used in one’s own conversation', async () => {
      const own = await stranger.arriveAndFind('my own');
      const { sendMessage } = stranger.ada.conversations;
      await expect(
        sendMessage(own.conversationId, { type: 'file', fileId: ids.fileId }),
      ).rejects.toMatchObject({
        code: 'file_unknown',
      });
      const link = stranger.program.ticketLinks.link(ids.connectionId, 'T-mine', {
        conversationId: own.conversationId,
      });
      await expect(link).rejects.toMatchObject({ code: 'not_found' });
      const linked = stranger.program.ticketLinks.link(stranger.connectionId, 'T-mine', {
        conversationId: ids.conversationId,
      });
      await expect(linked).rejects.toMatchObject({ code: 'not_found' });
    });

    it('a conversation cannot be started over another workspace’s account, nor with a ticket of its desk', async () => {
      const start = (extra: object) =>
        ask(
          { name: 'startConversation', method: 'post', path: '/v1/conversations' },
          {
            params: {},
            body: {
              channel: 'SMS',
              from: '+11231231230',
              to: { phone: '+15551234567' },
              message: { type: 'text', text: 'intruder' },
              by: 'ada@fern.example',
              ...extra,
            },
          },
          stranger.apiKey,
        );
      for (const extraOf of [
        (given: Ids) => ({ connectionId: given.connectionId }),
        (given: Ids) => ({ ticket: { connectionId: given.connectionId, externalTicketId: 'T-other' } }),
      ]) {
        const theirs = await start(extraOf(ids));
        expect(theirs).toEqual(await start(extraOf(NOBODYS)));
        expect({ status: theirs.status, text: theirs.text }).toMatchObject({ status: 404 });
      }
    });

    it('no socket command reaches into another workspace, and no fact crosses', async () => {
      const screen = openScreen(stranger.ada, '0.0');
      await screen.live();
      const named = Object.keys(COMMANDS).filter(
        (name) => !['session:renew', 'conversation:unwatch'].includes(name),
      );
      expect(Object.keys(COMMAND_INPUTS).sort()).toEqual(named.sort());
      for (const [name, inputOf] of Object.entries(COMMAND_INPUTS)) {
        const command = (given: Ids) =>
          screen.feed.command(name as CommandName, inputOf(given) as never).then(
            () => 'done',
            (error: unknown) => (error instanceof BridgeError ? error.code : error),
          );
        expect({ name, answer: await command(ids) }).toEqual({ name, answer: 'not_found' });
        expect({ name, answer: await command(NOBODYS) }).toEqual({ name, answer: 'not_found' });
      }
      const visitor = await house.arrive({ text: `${SECRET_WORDS} again` });
      await house.conversationOf(visitor);
      await house.settle();
      const own = await stranger.arrive({ text: 'a sign' });
      await stranger.conversationOf(own);
      await screen.until('message.received', ({ data }) => data.message.text === 'a sign');
      expect(JSON.stringify(screen.facts)).not.toContain(SECRET_WORDS);
      expect(JSON.stringify(screen.facts)).not.toContain(ids.conversationId);
      screen.feed.stop();
    });

    it('B01, S-TEN-7: the token of one workspace opens no webhook of another, and equal outside ids stay apart', async () => {
      const post = (url: string, token: string, id: string, text: string) =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            token,
            events: [
              {
                event: {
                  type: 'message',
                  payload: { message: { id: 'm-1', type: 'text', text }, message_by: { type: 'visitor' } },
                },
                conversation: { key: id },
                visitor: { key: 'v-equal' },
              },
            ],
          }),
        }).then(({ status }) => status);
      expect(await post(house.webhookUrl, stranger.webhookToken, 'equal', 'wrong')).toBe(401);
      expect(await post(house.webhookUrl, house.webhookToken, 'equal', 'ours')).toBe(200);
      expect(await post(stranger.webhookUrl, stranger.webhookToken, 'equal', 'theirs')).toBe(200);
      const words = async (tenancy: Tenancy): Promise<string[]> => {
        const id = await tenancy.conversationOf({ id: 'equal' });
        await tenancy.settle();
        const { data } = await tenancy.program.conversations.events(id, { limit: 200 });
        return data.flatMap((fact) => (fact.type === 'message.received' ? [fact.data.message.text] : []));
      };
      expect(await words(house)).toEqual(['ours']);
      expect(await words(stranger)).toEqual(['theirs']);
    });
  });
});
