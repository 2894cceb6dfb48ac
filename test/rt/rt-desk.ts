import { createHmac } from 'node:crypto';
import type { TicketStatus } from '../../src/domain/ticket.js';
import type { FakeDesk, FakeEntry, FakeFile, FakeSaying, FakeTicket } from '../fakes/fake-desk.js';
import { openFaultProxy } from './fault-proxy.js';
import type { RtLab } from './lab.js';

interface DumpedUser {
  name: string;
  email: string | null;
  realName: string | null;
  privileged?: boolean;
}

interface DumpedTicket {
  id: number;
  effective: number;
  subject: string;
  status: string;
  queue: string;
  priority: number;
  owner: DumpedUser;
  requestors: DumpedUser[];
  fields: [string, string][];
  follows: number[];
  entries: {
    id: number;
    type: string;
    by: DumpedUser;
    texts: { type: string; text: string }[];
    files: { name: string; contentType: string; bytes: string }[];
  }[];
}

const statusWords = { new: 'new', open: 'open', pending: 'stalled', solved: 'resolved' } as const;

/** A real RT behind the interface of the fakes. Its people act over REST; what it holds is read from its database. */
export interface RtDesk extends FakeDesk {
  lab: RtLab;
  /** A call in somebody's name. @throws when RT refuses it */
  act(as: keyof RtLab['tokens'], method: string, path: string, json?: unknown): Promise<Response>;
}

export async function openRtDesk(lab: RtLab): Promise<RtDesk> {
  const proxy = await openFaultProxy(lab.url);
  const act: RtDesk['act'] = async (as, method, path, json) => {
    const response = await fetch(`${lab.url}/REST/2.0${path}`, {
      method,
      headers: { authorization: `token ${lab.tokens[as]}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    if (!response.ok)
      throw new Error(`RT answered ${response.status} to ${method} ${path}: ${await response.text()}`);
    return response;
  };
  const change = async (as: keyof RtLab['tokens'], ticketId: string, json: object): Promise<string> =>
    (await act(as, 'PUT', `/ticket/${ticketId}`, json)).text();
  const say = async (ticketId: string, action: string, { email, text, files = [] }: FakeSaying) => {
    const response = await act(tokenOf(email), 'POST', `/ticket/${ticketId}/${action}`, {
      Content: holdable(text),
      ContentType: 'text/plain',
      ...(files.length === 0 ? {} : { Attachments: files.map(attachment) }),
    });
    await response.arrayBuffer();
    return { externalId: /(\d+)$/u.exec(response.headers.get('location') ?? '')?.[1] ?? '' };
  };
  const mail = async (ticketId: string, from: string, text: string): Promise<{ externalId: string }> => {
    const before = (await read(ticketId))?.entries.length ?? 0;
    const form = new FormData();
    form.set('ticket', ticketId);
    form.set('queue', 'Chat');
    form.set('action', 'correspond');
    form.set(
      'message',
      `From: ${from}\r\nSubject: Re\r\nMessage-ID: <${Date.now()}@mail.example>\r\n\r\n${text}\r\n`,
    );
    const response = await fetch(`${lab.url}/REST/1.0/NoAuth/mail-gateway`, { method: 'POST', body: form });
    const told = await response.text();
    const entries = (await read(ticketId))?.entries ?? [];
    if (!told.startsWith('ok') || entries.length === before) throw new Error(`RT’s gateway: ${told}`);
    return { externalId: entries.at(-1)?.externalId ?? '' };
  };
  const read = async (id: string): Promise<FakeTicket | undefined> => {
    if (!/^\d+$/u.test(id)) return undefined;
    const [dumped] = (await lab.dump(id)) as DumpedTicket[];
    return dumped === undefined ? undefined : ticketOf(dumped);
  };
  return {
    lab,
    act,
    url: proxy.url,
    settings: { baseUrl: proxy.url, queue: 'Chat', tagsField: 'Tags' },
    credentials: { token: lab.tokens.bridge },
    agents: [
      { email: 'ada@desk.example', name: 'Ada Fern' },
      { email: 'grace@desk.example', name: 'Grace Fern' },
    ],
    teams: ['Billing', 'Chat'],
    statusWords,
    ownStatuses: {
      statuses: { new: 'new', open: 'open', stalled: 'pending', resolved: 'pending', rejected: 'solved' },
      sets: { solved: 'rejected' },
    },
    priorityWords: { low: '0', normal: '50', high: '80', urgent: '100' },
    pageOf: 20,
    webhookProof: 'signature-at',
    registers: false,
    ticket: read,
    tickets: async () => ((await lab.dump()) as DumpedTicket[]).flatMap((dumped) => ticketOf(dumped) ?? []),
    agentReplies: (ticketId, saying) => say(ticketId, 'correspond', saying),
    agentNotes: (ticketId, saying) => say(ticketId, 'comment', saying),
    // Of somebody in copy RT does not say on whose side that is.
    async agentSaysOddly(ticketId, { text }) {
      await change('root', ticketId, { Cc: ['odd@elsewhere.example'] });
      return mail(ticketId, 'odd@elsewhere.example', text);
    },
    async contactSays(ticketId, text) {
      const email = (await read(ticketId))?.contact.email ?? '';
      return mail(ticketId, email, text);
    },
    async setStatus(ticketId, vendorStatus, byEmail) {
      const told = await change(byEmail === undefined ? 'root' : tokenOf(byEmail), ticketId, {
        Status: vendorStatus,
      });
      if (!told.includes('changed')) throw new Error(told);
    },
    async assign(ticketId, email) {
      const told = await change('root', ticketId, { Owner: email === null ? 'Nobody' : tokenOf(email) });
      if (!told.includes('changed')) throw new Error(told);
    },
    async setTeam(ticketId, team) {
      const told = await change('root', ticketId, { Queue: team });
      if (!told.includes('changed')) throw new Error(told);
    },
    async setPriority(ticketId, word) {
      const told = await change('root', ticketId, { Priority: Number(word) });
      if (!told.includes('changed')) throw new Error(told);
    },
    async deleteTicket(id) {
      await change('root', id, { Status: 'deleted' });
    },
    async mergeTicket(id, into) {
      await change('root', id, { MergeInto: into });
    },
    plant: proxy.plant,
    clearFaults: proxy.clearFaults,
    writes: proxy.writes,
    webhookTo: (url, secret) => lab.setScrip(url === '' ? null : { url, token: secret }),
    webhookHabits() {
      throw new Error('the real one has no such habits');
    },
    webhook(ticketId, secret, at) {
      const body = Buffer.from(`{"ticket":${ticketId}}`);
      const time = String(Math.floor(at.getTime() / 1_000));
      const signature = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
      return {
        headers: {
          'content-type': 'application/json',
          'user-agent': 'libwww-perl/6.68',
          'x-desk-bridge-timestamp': time,
          'x-desk-bridge-signature': `sha256=${signature}`,
        },
        body,
      };
    },
    async close() {
      await proxy.close();
      await lab.close();
    },
  };
}

function tokenOf(email: string): 'ada' | 'grace' {
  const [name] = email.split('@');
  if (name !== 'ada' && name !== 'grace') throw new Error(`nobody on the staff has the address ${email}`);
  return name;
}

/** RT answers 500 to a NUL or half a surrogate pair: neither can stand in its database. */
const holdable = (text: string): string => text.replaceAll(/[\0\ud800-\udfff]/gu, '');

const attachment = ({ name, contentType, bytes }: FakeFile) => ({
  FileName: name,
  FileType: contentType,
  FileContent: bytes.toString('base64'),
});

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

function ticketOf(dumped: DumpedTicket): FakeTicket | undefined {
  if (dumped.status === 'deleted' || dumped.effective !== dumped.id) return undefined;
  const values = (name: string): string[] =>
    dumped.fields.flatMap(([field, value]) => (field === name ? [value] : []));
  const status = Object.entries(statusWords).find(([, word]) => word === dumped.status)?.[0] as
    | TicketStatus
    | undefined;
  const [contact] = dumped.requestors;
  const [reference] = values('ExternalConversationId');
  const [follows] = dumped.follows;
  return {
    id: String(dumped.id),
    ...(reference === undefined ? {} : { reference }),
    subject: decoded(dumped.subject),
    status: status ?? 'open',
    vendorStatus: dumped.status,
    ...(dumped.owner.name === 'Nobody' || dumped.owner.email === null
      ? {}
      : { assigneeEmail: dumped.owner.email }),
    team: dumped.queue,
    priority: String(dumped.priority),
    tags: values('Tags'),
    contact: {
      ...(contact?.realName ? { name: contact.realName } : {}),
      ...(contact?.email ? { email: contact.email } : {}),
    },
    ...(follows === undefined ? {} : { follows: String(follows) }),
    entries: dumped.entries.map((entry) => entryOf(entry, dumped)),
  };
}

function entryOf(
  { id, type, by, texts, files }: DumpedTicket['entries'][number],
  { requestors }: DumpedTicket,
): FakeEntry {
  const isRequestor = requestors.some(({ name }) => name === by.name);
  return {
    externalId: String(id),
    author: {
      kind: by.name === 'bridge' ? 'api-user' : isRequestor ? 'contact' : by.privileged ? 'agent' : 'system',
      ...(by.email === null ? {} : { email: by.email }),
      name: by.realName ?? by.name,
    },
    visibility: type === 'Comment' ? 'private' : 'public',
    text: texts.map(({ text }) => decoded(text)).join('\n'),
    files: files.map((file) => ({
      name: decoded(file.name),
      contentType: file.contentType,
      bytes: Buffer.from(file.bytes, 'base64'),
    })),
  };
}
