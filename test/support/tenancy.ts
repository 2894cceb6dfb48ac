import type { App } from '../../src/app.js';
import { type BridgeClient, createBridgeClient } from '../../src/client/index.js';
import type { Delivery } from '../../src/contract/resources.js';
import { createSandbox } from '../../src/sandbox/index.js';
import { openScreen, type Screen } from './screen.js';
import { createFarSide, type FarSide, type Visitor } from './visitor.js';
import { waitFor } from './wait-for.js';

/** Agents that the sandbox's account has too: WotNot knows an agent by the e-mail. */
export const ADA = { email: 'ada@fern.example', name: 'Ada Fern' };
const GRACE = { email: 'grace@fern.example', name: 'Grace Fern' };

/** A workspace with a WotNot of its own, its agents and a program's key. */
export interface Tenancy extends FarSide {
  workspaceId: string;
  connectionId: string;
  webhookUrl: string;
  webhookToken: string;
  sandboxUrl: string;
  sandboxToken: string;
  apiKey: string;
  /** A program with the workspace's own key. */
  program: BridgeClient;
  /** Ada, signed in. */
  ada: BridgeClient;
  grace: BridgeClient;
  openScreen(client?: BridgeClient, cursor?: string): Promise<Screen>;
  /** The bridge's id of a visitor's conversation, once the bridge knows of it. */
  conversationOf(visitor: Pick<Visitor, 'id'>): Promise<string>;
  /** A visitor who is past the bot, and the bridge's id of the conversation. */
  arriveAndFind(text?: string): Promise<{ visitor: Visitor; conversationId: string }>;
  deliveries(
    state: NonNullable<Parameters<BridgeClient['deliveries']['list']>[0]>['state'],
  ): Promise<Delivery[]>;
  /** Sends a webhook as WotNot would, and answers the status. */
  webhook(events: unknown[]): Promise<number>;
  /** Nothing is on its way any more, in neither direction. */
  settle(seconds?: number): Promise<void>;
  leave(): Promise<void>;
}

/** Furnishes a running bridge with one more workspace. */
export async function openTenancy(app: App, baseUrl: string, name: string): Promise<Tenancy> {
  const sandbox = createSandbox({ port: 0, webhookRetryMs: [20, 50, 100, 200, 400, 400, 400, 800] });
  const { url: sandboxUrl } = await sandbox.start();
  const { id: workspaceId } = await app.installation.createWorkspace(name);
  const entered = await app.installation.enterWorkspace(workspaceId);
  if (entered.outcome !== 'entered') throw new Error('the workspace is not there');
  const made = await app.operator.createConnection(entered.principal, {
    connector: 'wotnot',
    name: 'WotNot',
    settings: { baseUrl: sandbox.url, accountId: sandbox.accountId, actingAgentEmail: GRACE.email },
    credentials: { token: sandbox.token },
  });
  if (made.outcome === 'refused') throw new Error(`no connection: ${made.code} ${made.message}`);
  if (made.value.registered.outcome !== 'registered') throw new Error('the webhook was not registered');
  const key = await app.directory.createApiKey(entered.principal, { name: 'test', scopes: ['admin'] });
  if (key.outcome === 'refused') throw new Error(`no key: ${key.code}`);

  const signIn = async (agent: { email: string; name: string }): Promise<BridgeClient> => {
    const created = await app.directory.createAgent(entered.principal, agent);
    if (created.outcome === 'refused') throw new Error(`no agent: ${created.code}`);
    const code = await app.access.createSignInCode(entered.principal, created.value.id, {
      lifetimeSeconds: 60,
    });
    const client = createBridgeClient({ baseUrl });
    await client.session.exchangeCode(code);
    return client;
  };

  const farSide = createFarSide(sandboxUrl);
  const program = createBridgeClient({ baseUrl, token: key.value.token });
  const ada = await signIn(ADA);
  const grace = await signIn(GRACE);
  const { webhookUrl, webhookToken } = made.value;

  const findConversation = async (externalId: string): Promise<string | undefined> => {
    let cursor: string | undefined;
    do {
      const page = await program.conversations.list({
        limit: 200,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const found = page.data.find(({ externalConversationId }) => externalConversationId === externalId);
      if (found !== undefined) return found.id;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return undefined;
  };
  const conversationOf = ({ id }: Pick<Visitor, 'id'>): Promise<string> =>
    waitFor('the bridge to know the conversation', () => findConversation(id));
  const tenancy: Tenancy = {
    ...farSide,
    workspaceId,
    connectionId: made.value.connection.id,
    webhookUrl,
    webhookToken,
    sandboxUrl,
    sandboxToken: sandbox.token,
    apiKey: key.value.token,
    program,
    ada,
    grace,
    conversationOf,
    async openScreen(client = ada, cursor) {
      const screen = openScreen(client, cursor);
      await screen.live();
      return screen;
    },
    async arriveAndFind(text) {
      const visitor = await farSide.arrive(text === undefined ? {} : { text });
      return { visitor, conversationId: await conversationOf(visitor) };
    },
    deliveries: async (state) => (await program.deliveries.list({ state, limit: 200 })).data,
    async webhook(events) {
      const response = await fetch(webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events, token: webhookToken }),
      });
      await response.arrayBuffer();
      return response.status;
    },
    async settle(seconds = 20) {
      let quiet = 0;
      await waitFor(
        'everything to have settled',
        async () => {
          const isQuiet = await hasSettled(tenancy);
          quiet = isQuiet ? quiet + 1 : 0;
          // Twice: what was on its way from one place to the next during the first look is there by the second.
          return quiet === 2;
        },
        seconds,
      );
    },
    async leave() {
      for (const client of [program, ada, grace]) client.stop();
      await sandbox.stop();
    },
  };
  return tenancy;
}

/** Looks in the order in which news travels, so that nothing slips past. */
async function hasSettled(tenancy: Tenancy): Promise<boolean> {
  if ((await tenancy.deliveries('pending')).length > 0) return false;
  const uncertain = await tenancy.deliveries('uncertain');
  if (uncertain.some(({ flags }) => !flags.includes('asked'))) return false;
  if ((await tenancy.webhooks()).some(({ state }) => state === 'queued')) return false;
  return (await tenancy.program.inboundEvents.list({ state: 'recorded' })).data.length === 0;
}
