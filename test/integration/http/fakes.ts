import type { Access } from '../../../src/access/access.js';
import type { Principal } from '../../../src/access/principal.js';
import type { Operator } from '../../../src/connections/operator.js';
import type { Desk } from '../../../src/desk/desk.js';
import type {
  AgentView,
  ApiKeyView,
  ConnectionView,
  ConversationView,
  DeliveryView,
  FactView,
  FileView,
  InboundEventView,
  MessageView,
  NoteView,
  TicketLinkView,
  WatchedConnection,
  WorkspaceView,
} from '../../../src/domain/views.js';
import type { Directory, HttpDeps, IdempotencyKeys, RequestLine } from '../../../src/http/ports.js';
import { WorkspaceScope } from '../../../src/store/scope.js';

/** What stands at the seam between http and the other rooms, written by hand. */

export const at = new Date('2026-01-02T03:04:05.678Z');
const scope = WorkspaceScope.open('wsp_a');

export const agent: Principal = {
  type: 'agent',
  scope,
  agentId: 'agt_ada',
  email: 'ada@example.org',
  name: 'Ada',
  sessionId: 'ses_1',
  expiresAt: new Date(at.getTime() + 900_000),
};
export const program: Principal = {
  type: 'program',
  scope,
  keyId: 'key_desk',
  name: 'Helpdesk',
  permissions: ['desk'],
};
export const admin: Principal = { ...program, keyId: 'key_admin', name: 'Operator', permissions: ['admin'] };

export const TOKENS: Record<string, Principal> = {
  'agent-token': agent,
  'desk-key': program,
  'admin-key': admin,
};

/** Rows carry more than may leave: whoever spreads one is found out by this word. */
export const CANARY = 'canary-5e1f';
const spy = { secret: CANARY, codeHash: CANARY, credentials: CANARY, workspaceId: CANARY } as object;

const contact = { id: 'ctc_1', externalContactId: 'x1', name: 'Nia', variables: { plan: 'gold' }, ...spy };
export const conversation: ConversationView = {
  id: 'cnv_1',
  connectionId: 'con_1',
  externalConversationId: 'ext-1',
  status: 'open',
  assignee: { type: 'agent', email: 'ada@example.org', ...spy },
  contact,
  labels: ['vip'],
  variables: { topic: 'ferns' },
  lastMessage: {
    text: 'Hello',
    author: { type: 'contact', ...spy },
    kind: 'text',
    occurredAt: at.toISOString(),
    ...spy,
  },
  lastSeq: 2,
  lastActivityAt: at,
  startedAt: at,
  ...spy,
};
export const message: MessageView = {
  id: 'msg_1',
  conversationId: 'cnv_1',
  seq: 2,
  direction: 'out',
  author: { type: 'agent', email: 'ada@example.org', ...spy },
  kind: 'file',
  text: 'Here it is',
  content: {
    attachments: [{ kind: 'file', fileId: 'fil_1', name: 'a b.pdf', ...spy }],
    template: { name: 'hello', parameters: { body: ['x'], ...spy }, ...spy },
    ...spy,
  },
  state: 'queued',
  flags: [],
  deliveryId: 'dlv_1',
  occurredAt: at,
  ...spy,
};
const note: NoteView = {
  id: 'not_1',
  conversationId: 'cnv_1',
  seq: 3,
  author: { type: 'agent', name: 'Ada', ...spy },
  text: 'Knows ferns',
  occurredAt: at,
  ...spy,
};
const link: TicketLinkView = {
  id: 'lnk_internal',
  connectionId: 'con_2',
  externalTicketId: 'T/1',
  conversationId: 'cnv_1',
  createdAt: at,
  ...spy,
};
export const facts: FactView[] = [
  {
    cursor: '1.1',
    conversationId: 'cnv_1',
    seq: 1,
    type: 'conversation.opened',
    occurredAt: at,
    data: { ...spy },
    conversation,
  },
  {
    cursor: '1.2',
    conversationId: 'cnv_1',
    seq: 2,
    type: 'message.queued',
    occurredAt: at,
    data: { messageId: 'msg_1', ...spy },
    message,
  },
  {
    cursor: '1.3',
    conversationId: 'cnv_1',
    seq: 3,
    type: 'note.added',
    occurredAt: at,
    data: { noteId: 'not_1' },
    note,
  },
  {
    cursor: '1.4',
    conversationId: null,
    seq: 1,
    type: 'connection.paused',
    occurredAt: at,
    data: { connectionId: 'con_1', name: 'Shop', reason: 'token', ...spy },
  },
];
const delivery: DeliveryView = {
  id: 'dlv_1',
  connectionId: 'con_1',
  conversationId: 'cnv_1',
  kind: 'send-message',
  state: 'dead',
  attempts: 3,
  reason: { code: 'refused', message: 'no', ...spy },
  flags: [],
  createdAt: at,
  ...spy,
};
const inboundEvent: InboundEventView = {
  id: 'inb_1',
  connectionId: 'con_1',
  kind: 'message',
  laneKey: 'ext-1',
  state: 'unrecognised',
  flags: [],
  payload: { hello: 'world' },
  receivedAt: at,
  ...spy,
};
export const file: FileView = {
  id: 'fil_1',
  name: 'a "b" ü.mp3',
  contentType: 'audio/mpeg',
  sizeBytes: 10,
  createdAt: at,
  ...spy,
};
const workspaceView: WorkspaceView = { id: 'wsp_a', name: 'Fern', uncertainPolicy: 'by_echo', createdAt: at };
const agentView: AgentView = { id: 'agt_ada', email: 'ada@example.org', name: 'Ada', createdAt: at, ...spy };
const keyView: ApiKeyView = {
  id: 'key_1',
  name: 'Helpdesk',
  lastFour: 'wxyz',
  scopes: ['desk'],
  createdAt: at,
  ...spy,
};
const connection: ConnectionView = {
  id: 'con_1',
  connector: 'wotnot',
  side: 'chat',
  name: 'Shop',
  webhookKey: 'aaaa-bbbb',
  status: 'active',
  settings: { accountId: '7' },
  createdAt: at,
  ...spy,
};

const observed: WatchedConnection = {
  ...connection,
  health: {
    waiting: 2,
    oldestWaitingAt: at,
    oldestWaitingSeconds: 5,
    uncertain: 0,
    dead: 1,
    breaker: 'closed',
    ...spy,
  },
  templates: [{ name: 'welcome', words: { body: 'Hello {{1}}' }, parameters: { body: ['Name'] }, ...spy }],
};

export type Call = [verb: string, ...args: unknown[]];

export interface Fakes {
  deps: HttpDeps;
  calls: Call[];
  lines: RequestLine[];
  failures: unknown[];
  refusedWebhooks: unknown[];
  /** Answers, by verb, that differ from the usual ones. */
  answers: Map<string, (...args: unknown[]) => unknown>;
  keptAnswers: Map<string, { requestHash: string; status?: number; answer?: unknown }>;
}

const done = <T>(value: T) => Promise.resolve({ outcome: 'done' as const, value });

export function createFakes(config: Partial<HttpDeps['config']> = {}): Fakes {
  const calls: Call[] = [];
  const answers: Fakes['answers'] = new Map();
  const lines: RequestLine[] = [];
  const failures: unknown[] = [];
  const refusedWebhooks: unknown[] = [];
  const keptAnswers: Fakes['keptAnswers'] = new Map();

  /** Notes every call, and answers as a test asked. */
  const watched = <T extends object>(usual: T): T =>
    Object.fromEntries(
      Object.entries(usual).map(([verb, run]) => [
        verb,
        (...args: unknown[]) => {
          calls.push([verb, ...args]);
          return (answers.get(verb) ?? (run as (...all: unknown[]) => unknown))(...args);
        },
      ]),
    ) as T;

  const publication = {
    id: 'dlv_3',
    conversationId: 'cnv_1',
    connectionId: 'con_1',
    status: 'trained',
  } as const;
  const desk = watched<Desk>({
    publish: () => done(publication),
    readPublication: () => done(publication),
    startConversation: () =>
      done({ id: 'cnv_2', connectionId: 'con_1', messageId: 'msg_2', deliveryId: 'dlv_2' }),
    reply: () => done(message),
    addNote: () => done(note),
    assign: () => done({ deliveryId: 'dlv_1' }),
    close: () => done({ deliveryId: 'dlv_1' }),
    setVariables: () => done({ deliveryId: 'dlv_1' }),
    listConversations: () => done({ items: [conversation], nextCursor: 'next' }),
    readConversation: () => done({ conversation, ticketLinks: [link] }),
    listEvents: () => done(facts),
    listFacts: () => done({ facts, cursor: '1.4' }),
    linkTicket: () => done({ link, created: true }),
    findTicketLink: () => done(link),
    listTicketLinks: () => done([link]),
    unlinkTicket: () => done(link),
    storeFile: () => done(file),
    linkFile: () => done({ url: 'http://bridge.test/files/x', expiresAt: at }),
    openFileLink: () =>
      Promise.resolve({ outcome: 'opened', file, bytes: Buffer.from('0123456789'), inline: true }),
    signFileUrl: (_principal, fileId, name) =>
      `http://bridge.test/files/wsp_a/${fileId}/${encodeURIComponent(name)}?signature=s`,
    listDeliveries: () => done({ items: [delivery] }),
    redriveDelivery: () => done(delivery),
    resolveDelivery: () => done(delivery),
    listInboundEvents: () => done({ items: [inboundEvent] }),
    replayInboundEvent: () => done(inboundEvent),
  });
  const session = {
    token: 'fresh-token',
    expiresAt: at,
    workspace: { id: 'wsp_a', name: 'Fern' },
    agent: agentView,
  };
  const access = watched<Access>({
    authenticate: (token) => {
      const principal = Object.hasOwn(TOKENS, token) ? TOKENS[token] : undefined;
      return Promise.resolve(
        principal === undefined
          ? { outcome: 'refused', code: 'token_invalid' }
          : { outcome: 'authenticated', principal },
      );
    },
    exchangeCode: () => Promise.resolve({ outcome: 'opened', session }),
    renew: () => Promise.resolve({ outcome: 'opened', session }),
    signOut: () => Promise.resolve(),
    createSignInCode: () => Promise.resolve('cod_secret'),
  });
  const registered = { outcome: 'registered' } as const;
  const operator = watched<Operator>({
    createConnection: () =>
      done({
        connection,
        webhookToken: 'whk-secret',
        webhookUrl: 'http://bridge.test/webhooks/aaaa-bbbb',
        registered,
      }),
    listConnections: () => done([observed]),
    readConnection: () => done(observed),
    changeConnection: () => done(connection),
    checkConnection: () => done([{ ok: true, what: 'The token works', ...spy }]),
    pauseConnection: () => done(connection),
    resumeConnection: () => done(connection),
    beginAuthorisation: () =>
      done({ url: 'https://desk.example/authorise', state: 'state', verifier: 'verifier' }),
    finishAuthorisation: () => done({ connection, webhookToken: 'whk-secret', registered }),
    rotateWebhookToken: () => done({ connection, webhookToken: 'whk-secret', registered }),
    endOldToken: () => done(connection),
    replaceCredentials: () => done(connection),
    disconnect: () => done(connection),
    listAgents: () =>
      done({
        agents: [{ email: 'bo@example.org', name: 'Bo', inDesk: true, inAccount: false }],
        roles: [{ id: '100', name: 'agent' }],
      }),
    inviteAgent: () => done({ email: 'bo@example.org' }),
  });
  const directory = watched<Directory>({
    readWorkspace: () => Promise.resolve({ ...workspaceView, ...spy }),
    changeWorkspace: () => Promise.resolve({ ...workspaceView, ...spy }),
    listAgents: () => Promise.resolve([agentView]),
    createAgent: () => done(agentView),
    disableAgent: () => done(agentView),
    listApiKeys: () => Promise.resolve([keyView]),
    createApiKey: () => done({ key: keyView, token: 'adb_secret' }),
    revokeApiKey: () => done(keyView),
  });
  return {
    calls,
    lines,
    failures,
    refusedWebhooks,
    answers,
    keptAnswers,
    deps: {
      desk,
      access,
      operator,
      directory,
      intake: watched<HttpDeps['intake']>({
        receive: () => Promise.resolve({ outcome: 'answered', status: 200, body: { token: 'echo' } }),
      }),
      idempotency: keepInMemory(keptAnswers),
      telemetry: {
        requestServed: (line) => lines.push(line),
        requestFailed: (line) => failures.push(line),
        webhookRefused: (line) => refusedWebhooks.push(line),
      },
      links: { publicUrl: 'http://bridge.test', signInLinkSeconds: 60 },
      readiness: () => Promise.resolve({ ready: true, checks: [{ name: 'database', ok: true }] }),
      metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
      isDatabaseUnavailable: (error) => error instanceof Error && error.message.startsWith('ECONNREFUSED'),
      config: {
        publicUrl: 'http://bridge.test',
        bridgeId: 'fake-bridge',
        trustProxyHops: 0,
        allowedOrigins: [],
        embedOrigins: [],
        requestsPerMinutePerAddress: 1_000_000,
        requestsPerMinutePerPrincipal: 1_000_000,
        refusalsPerMinutePerAddress: 1_000_000,
        ...config,
      },
    },
  };
}

function keepInMemory(kept: Fakes['keptAnswers']): IdempotencyKeys {
  const placeOf = (workspace: { workspaceId: string }, principal: string, key: string): string =>
    JSON.stringify([workspace.workspaceId, principal, key]);
  return {
    begin(workspace, principal, key, requestHash) {
      const place = placeOf(workspace, principal, key);
      const known = kept.get(place);
      if (known === undefined) {
        kept.set(place, { requestHash });
        return Promise.resolve({ outcome: 'first' });
      }
      if (known.requestHash !== requestHash) return Promise.resolve({ outcome: 'reused' });
      if (known.status === undefined) return Promise.resolve({ outcome: 'in_use' });
      return Promise.resolve({ outcome: 'answered', status: known.status, answer: known.answer });
    },
    finish(workspace, principal, key, status, answer) {
      const place = placeOf(workspace, principal, key);
      kept.set(place, { requestHash: kept.get(place)?.requestHash ?? '', status, answer });
      return Promise.resolve();
    },
    abandon(workspace, principal, key) {
      kept.delete(placeOf(workspace, principal, key));
      return Promise.resolve();
    },
  };
}
