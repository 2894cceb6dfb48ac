import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { App, createApp } from '../../../src/app.js';
import { createBridgeClient } from '../../../src/client/index.js';
import type { loadConfig } from '../../../src/config/config.js';
import type { createTelemetry } from '../../../src/telemetry/telemetry.js';
import { waitFor } from '../../support/wait-for.js';
import type { StageDesk } from './desk.js';
import type { FarSideProcess } from './far-side.js';

type CreateApp = typeof createApp;
type LoadConfig = typeof loadConfig;
type CreateTelemetry = typeof createTelemetry;

/** Who works in the workspace, with the session that is held for them. */
export interface StageAgent {
  email: string;
  held: { token: string; expiresAt?: string | undefined };
}

/** A conversation as both sides name it. */
export interface StageConversation {
  externalId: string;
  visitorKey: string;
  conversationId: string;
  /** Of its ticket, where there is a desk. */
  ticketId?: string;
}

export interface Furniture {
  workspaceId: string;
  connectionId: string;
  webhookPath: string;
  webhookToken: string;
  apiKey: string;
  agents: StageAgent[];
  conversations: StageConversation[];
}

export interface FurnishOptions {
  farSide: FarSideProcess;
  desk: StageDesk | undefined;
  env: Record<string, string>;
  agents: number;
  conversations: number;
  /** Where the sources lie that do it: another version makes the tables that it knows. */
  tree: string;
}

/** Prepares an empty database: a workspace with its connection, agents and open conversations. The app is stopped again. */
export async function furnish(options: FurnishOptions): Promise<Furniture> {
  const { farSide } = options;
  const app = await openApp(options.env, options.tree);
  const { url } = await app.start();
  try {
    const { id: workspaceId } = await app.installation.createWorkspace('Workspace');
    const entered = await app.installation.enterWorkspace(workspaceId);
    if (entered.outcome !== 'entered') throw new Error('the workspace is not there');
    const { principal } = entered;
    const made = await app.operator.createConnection(principal, {
      connector: 'wotnot',
      name: 'WotNot',
      settings: {
        baseUrl: farSide.url,
        accountId: farSide.accountId,
        actingAgentEmail: 'grace@fern.example',
      },
      credentials: { token: farSide.token },
    });
    if (made.outcome === 'refused') throw new Error(`no connection: ${made.code} ${made.message}`);
    if (options.desk !== undefined) await connectDesk(app, principal, options.desk);
    const key = await app.directory.createApiKey(principal, { name: 'driver', scopes: ['admin'] });
    if (key.outcome === 'refused') throw new Error(`no key: ${key.code}`);
    const agents: StageAgent[] = [];
    for (let n = 0; n < options.agents; n += 1) {
      const email = n === 0 ? 'ada@fern.example' : n === 1 ? 'grace@fern.example' : `agent${n}@fern.example`;
      agents.push(await signIn(app, url, principal, email));
    }
    return {
      workspaceId,
      connectionId: made.value.connection.id,
      webhookPath: new URL(made.value.webhookUrl).pathname,
      webhookToken: made.value.webhookToken,
      apiKey: key.value.token,
      agents,
      conversations: await withTickets(
        await openConversations(farSide, url, key.value.token, options.conversations),
        options.desk,
      ),
    };
  } finally {
    await app.stop();
  }
}

async function connectDesk(
  app: App,
  principal: Parameters<App['operator']['createConnection']>[0],
  desk: StageDesk,
): Promise<void> {
  const [agent] = desk.agents;
  const agents = agent === undefined ? {} : { [agent.email]: 'ada@fern.example' };
  const made = await app.operator.createConnection(principal, {
    connector: desk.kind,
    name: 'Desk',
    settings: { ...desk.settings, policy: { create: 'first-message', agents } },
    credentials: desk.credentials,
  });
  if (made.outcome === 'refused') throw new Error(`no desk: ${made.code} ${made.message}`);
  // The others let the bridge enter it by itself.
  if (desk.kind === 'webhook' || desk.kind === 'freshdesk')
    await desk.webhookTo(made.value.webhookUrl, made.value.webhookToken);
}

/** Every conversation has its ticket before anything else is said. */
async function withTickets(
  conversations: StageConversation[],
  desk: StageDesk | undefined,
): Promise<StageConversation[]> {
  if (desk === undefined) return conversations;
  return waitFor(
    'every conversation to have its ticket',
    async () => {
      const tickets = await desk.tickets();
      const found = conversations.flatMap((one) => {
        const ticket = tickets.find(({ reference }) => reference === one.conversationId);
        return ticket === undefined ? [] : [{ ...one, ticketId: ticket.id }];
      });
      return found.length === conversations.length && found;
    },
    120,
  );
}

async function openApp(env: Record<string, string>, tree: string): Promise<App> {
  const from = <T>(file: string): Promise<T> =>
    import(pathToFileURL(path.join(tree, 'src', file)).href) as Promise<T>;
  const { createApp } = await from<{ createApp: CreateApp }>('app.ts');
  const { loadConfig } = await from<{ loadConfig: LoadConfig }>('config/config.ts');
  const { createTelemetry } = await from<{ createTelemetry: CreateTelemetry }>('telemetry/telemetry.ts');
  const loaded = loadConfig(env);
  if (loaded.outcome === 'refused') throw new Error(loaded.mistakes.join('; '));
  const { config, secrets } = loaded;
  const telemetry = createTelemetry({
    log: { level: 'error', format: 'json' },
    secretValues: secrets.values(),
    to: () => undefined,
    processMetrics: false,
  });
  return createApp(config, secrets, telemetry);
}

async function signIn(
  app: App,
  baseUrl: string,
  principal: Parameters<App['directory']['createAgent']>[0],
  email: string,
): Promise<StageAgent> {
  const created = await app.directory.createAgent(principal, { email, name: email.split('@')[0] ?? email });
  if (created.outcome === 'refused') throw new Error(`no agent: ${created.code}`);
  const code = await app.access.createSignInCode(principal, created.value.id, { lifetimeSeconds: 60 });
  const client = createBridgeClient({ baseUrl });
  await client.session.exchangeCode(code);
  const held = client.session.held;
  client.stop();
  if (held === undefined) throw new Error('no session');
  return { email, held };
}

async function openConversations(
  farSide: FarSideProcess,
  baseUrl: string,
  token: string,
  count: number,
): Promise<StageConversation[]> {
  const visitors: { id: string; visitorKey: string }[] = [];
  while (visitors.length < count) {
    const some = Math.min(20, count - visitors.length);
    visitors.push(
      ...(await Promise.all(
        Array.from({ length: some }, async () => farSide.arrive({ text: 'start', human: true })),
      )),
    );
  }
  const program = createBridgeClient({ baseUrl, token });
  try {
    await waitFor('the far side to have told everything', () => farSide.log.queued() === 0, 120);
    return await waitFor(
      'the bridge to know every conversation',
      async () => {
        const known = new Map<string, string>();
        let cursor: string | undefined;
        do {
          const page = await program.conversations.list({
            limit: 200,
            ...(cursor === undefined ? {} : { cursor }),
          });
          for (const one of page.data) known.set(one.externalConversationId, one.id);
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        const found = visitors.flatMap(({ id, visitorKey }) => {
          const conversationId = known.get(id);
          return conversationId === undefined ? [] : [{ externalId: id, visitorKey, conversationId }];
        });
        return found.length === count && found;
      },
      120,
    );
  } finally {
    program.stop();
  }
}
