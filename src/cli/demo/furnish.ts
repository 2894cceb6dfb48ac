import type { Config } from '../../config/config.js';
import { CommandError } from '../command-error.js';
import type { Actor, Bridge, Connection, Registered } from '../ports.js';
import { signInUrl } from '../sign-in-url.js';
import { valueOf } from '../with-bridge.js';
import type { DemoLinks } from './demo-links.js';

const WORKSPACE = 'Fern & Fable (demo)';
const CONNECTION = 'WotNot sandbox';
/** One of the sandbox's own users: WotNot knows agents by their e-mail. */
const AGENT = { email: 'ada@fern.example', name: 'Ada Fern' };
/** Another one, in whose name conversations are handed to Ada: WotNot lets nobody assign to themselves. */
const ACTING_AGENT = 'grace@fern.example';
/** The sandbox's templates, as an operator would name them for the agents. */
const TEMPLATES = [
  {
    name: 'welcome',
    language: 'en',
    words: { body: 'Hello {{1}}, welcome to Fern & Fable! How can we help you?' },
    parameters: { body: ['First name'] },
  },
  {
    name: 'template_1',
    language: 'en',
    words: { body: 'Hello! We have news about your order {{1}}.' },
    parameters: { body: ['Order number'] },
  },
];
const LINK_SECONDS = 30 * 24 * 3_600;

/** The WotNot that the demo talks to. */
interface Sandbox {
  readonly url: string;
  readonly token: string;
  readonly accountId: string;
}

type Furnished = Pick<DemoLinks, 'workspaceId' | 'apiKey' | 'webhookUrl' | 'webhookToken' | 'agent'>;

/** What a newcomer would set up by hand; what an earlier run has made is used again. */
export async function furnish(
  bridge: Bridge,
  config: Config,
  sandbox: Sandbox,
  before: Partial<DemoLinks>,
): Promise<Furnished & { actor: Actor }> {
  const actor = await enter(bridge);
  const webhook = await connect(bridge, config, sandbox, actor);
  return {
    actor,
    workspaceId: actor.scope.workspaceId,
    apiKey: await keyFor(bridge, actor, before.apiKey),
    ...webhook,
    agent: { email: AGENT.email, signInUrl: await linkFor(bridge, config, actor) },
  };
}

async function enter({ installation }: Bridge): Promise<Actor> {
  const found = await installation.enterWorkspace(WORKSPACE);
  if (found.outcome === 'entered') return found.principal;
  const { id } = await installation.createWorkspace(WORKSPACE);
  const made = await installation.enterWorkspace(id);
  if (made.outcome !== 'entered') throw new CommandError('The demo workspace was made and is not there.');
  return made.principal;
}

async function connect(
  { operator }: Bridge,
  config: Config,
  sandbox: Sandbox,
  actor: Actor,
): Promise<{ webhookUrl: string; webhookToken: string }> {
  const settings = {
    baseUrl: sandbox.url,
    accountId: sandbox.accountId,
    actingAgentEmail: ACTING_AGENT,
    templates: TEMPLATES,
  };
  const all = valueOf(await operator.listConnections(actor)).filter(
    ({ connector, status }) => connector === 'wotnot' && status !== 'disconnected',
  );
  const known = all.find((connection) => connection.settings.baseUrl === sandbox.url);
  if (known !== undefined) return reconnect(operator, config, actor, known);
  // The sandbox has moved to another port: what is there leads nowhere any more.
  for (const { id } of all) valueOf(await operator.disconnect(actor, id));
  const made = valueOf(
    await operator.createConnection(actor, {
      connector: 'wotnot',
      name: all.length === 0 ? CONNECTION : `${CONNECTION} at ${new URL(sandbox.url).port}`,
      settings,
      credentials: { token: sandbox.token },
    }),
  );
  assertRegistered(made.registered);
  return { webhookUrl: made.webhookUrl, webhookToken: made.webhookToken };
}

/** A fresh token, as only a hash of the last run's is kept; and the bridge may have moved to another port. */
async function reconnect(
  operator: Bridge['operator'],
  config: Config,
  actor: Actor,
  connection: Connection,
): Promise<{ webhookUrl: string; webhookToken: string }> {
  if (connection.status === 'paused') valueOf(await operator.resumeConnection(actor, connection.id));
  const rotated = valueOf(await operator.rotateWebhookToken(actor, connection.id));
  assertRegistered(rotated.registered);
  return {
    webhookUrl: `${config.http.publicUrl}/webhooks/${rotated.connection.webhookKey}`,
    webhookToken: rotated.webhookToken,
  };
}

function assertRegistered(registered: Registered): void {
  if (registered.outcome === 'registered') return;
  throw new CommandError(`The sandbox could not be told of the webhook: ${registered.message}`);
}

async function keyFor(
  { access, directory }: Bridge,
  actor: Actor,
  before: string | undefined,
): Promise<string> {
  const isOurs = before?.includes(actor.scope.workspaceId.slice('wsp_'.length)) === true;
  if (isOurs && (await access.authenticate(before)).outcome === 'authenticated') return before;
  return valueOf(await directory.createApiKey(actor, { name: 'demo', scopes: ['admin'] })).token;
}

async function linkFor({ access, directory }: Bridge, config: Config, actor: Actor): Promise<string> {
  const known = (await directory.listAgents(actor)).find(
    ({ email, disabledAt }) => email === AGENT.email && disabledAt === undefined,
  );
  const { id } = known ?? valueOf(await directory.createAgent(actor, AGENT));
  const code = await access.createSignInCode(actor, id, { lifetimeSeconds: LINK_SECONDS, reusable: true });
  return signInUrl(config.http.publicUrl, code);
}
