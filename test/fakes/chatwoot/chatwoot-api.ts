import type { File } from 'node:buffer';
import type { FakeAnswer, FakeRequest } from '../serve-fake.js';
import type { ChatwootData, StoredContact, StoredConversation } from './chatwoot-data.js';
import {
  contactInboxShape,
  contactShape,
  conversationShape,
  inboxShape,
  messageShape,
  teamShape,
  userShape,
} from './chatwoot-shapes.js';
import type { ChatwootWorld } from './chatwoot-world.js';

/** How new contacts and lists of webhooks are told: as the description has it, or as servers do. */
export type Dialect = 'described' | 'seen';

const missing: FakeAnswer = { status: 404, body: { error: 'Resource could not be found' } };
const invalid = (message: string, ...attributes: string[]): FakeAnswer => ({
  status: 422,
  body: { message, attributes },
});
const ok = (body: unknown): FakeAnswer => ({ status: 200, body });

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Chatwoot's application API, as far as a bridge needs it. */
export function createApi(world: ChatwootWorld, dialect: Dialect) {
  const { data } = world;
  const shape = (one: StoredConversation) => conversationShape(data, world.url(), one);

  return async (request: FakeRequest): Promise<FakeAnswer> => {
    const file = /^\/rails\/active_storage\/blobs\/(redirect|proxy)\/signed-(\d+)-(\d+)\//u.exec(
      request.path,
    );
    if (file && Number(file[2]) !== data.signature) return { status: 404 };
    if (file) return answerFile(file[1] ?? '', Number(file[3]), request);
    if (request.headers['api_access_token'] !== data.token) {
      return { status: 401, body: { error: 'Invalid Access Token' } };
    }
    if (request.path === '/api/v1/profile') return ok(profile(data));
    const place = /^\/api\/v1\/accounts\/(\d+)(\/.*)$/u.exec(request.path);
    if (place === null || Number(place[1]) !== data.accountId) return missing;
    return answerBelow(request, place[2] ?? '');
  };

  async function answerBelow(request: FakeRequest, path: string): Promise<FakeAnswer> {
    const parts = path.split('/').slice(1);
    const route = `${request.method} /${parts.map((part) => (/^\d+$/u.test(part) ? ':id' : part)).join('/')}`;
    const id = Number(parts[1]);
    switch (route) {
      case 'GET /agents':
        return ok([data.me, ...data.users].map((user) => userShape(data, user)));
      case 'GET /teams':
        return ok(data.teams.map((team) => teamShape(data, team)));
      case 'GET /inboxes':
        return ok({ payload: data.inboxes.map(inboxShape) });
      case 'POST /inboxes':
        return createInbox(request.json);
      case 'GET /inboxes/:id':
        return found(
          data.inboxes.find((inbox) => inbox.id === id),
          (inbox) => ok(inboxShape(inbox)),
        );
      case 'GET /webhooks':
        return ok(dialect === 'seen' ? { payload: { webhooks: data.webhooks } } : data.webhooks);
      case 'POST /webhooks':
        return setWebhook(request.json, undefined);
      case 'PATCH /webhooks/:id':
        return setWebhook(request.json, id);
      case 'GET /contacts/search':
        return searchContacts(request.query.get('q') ?? '');
      case 'POST /contacts':
        return createContact(request.json);
      case 'POST /contacts/:id/contact_inboxes':
        return found(
          data.contacts.find((contact) => contact.id === id),
          (contact) => addSource(contact, request.json),
        );
      case 'GET /contacts/:id/conversations':
        return ok({
          payload: listOf((one) => one.contactId === id)
            .slice(0, 20)
            .map(shape),
        });
      case 'GET /conversations':
        return listConversations(request.query);
      case 'POST /conversations':
        return createConversation(request.json);
      default:
        return found(data.conversations.get(id), (one) => answerConversation(one, route, request));
    }
  }

  function found<T>(one: T | undefined, answer: (one: T) => FakeAnswer | Promise<FakeAnswer>) {
    return one === undefined ? missing : answer(one);
  }

  async function answerConversation(
    one: StoredConversation,
    route: string,
    request: FakeRequest,
  ): Promise<FakeAnswer> {
    const { json } = request;
    switch (route) {
      case 'GET /conversations/:id':
        return ok(shape(one));
      case 'GET /conversations/:id/messages':
        return listMessages(one, request.query);
      case 'POST /conversations/:id/messages':
        return createMessage(one, request);
      case 'GET /conversations/:id/labels':
        return ok({ payload: one.labels });
      case 'POST /conversations/:id/labels':
        if (!Array.isArray(json['labels'])) return invalid('labels missing', 'labels');
        world.change(one, 'tags', () => (one.labels = json['labels'] as string[]));
        return ok({ payload: one.labels });
      case 'POST /conversations/:id/toggle_status':
        return toggleStatus(one, json['status']);
      case 'POST /conversations/:id/toggle_priority':
        return togglePriority(one, json['priority']);
      case 'POST /conversations/:id/assignments':
        return assign(one, json);
      default:
        return missing;
    }
  }

  function toggleStatus(one: StoredConversation, status: unknown): FakeAnswer {
    if (typeof status !== 'string' || !['open', 'resolved', 'pending', 'snoozed'].includes(status)) {
      return { status: 500, body: { error: `'${String(status)}' is not a valid status` } };
    }
    world.setStatus(one, status);
    return ok({ meta: {}, payload: { success: true, current_status: status, conversation_id: one.id } });
  }

  function togglePriority(one: StoredConversation, priority: unknown): FakeAnswer {
    if (typeof priority !== 'string' || !['urgent', 'high', 'medium', 'low', 'none'].includes(priority)) {
      return { status: 500, body: { error: 'not a valid priority' } };
    }
    world.change(one, 'priority', () => (one.priority = priority === 'none' ? null : priority));
    return { status: 200 };
  }

  function assign(one: StoredConversation, json: Record<string, unknown>): FakeAnswer {
    if ('assignee_id' in json) {
      const user = data.users.find(({ id }) => id === Number(json['assignee_id']));
      world.assign(one, user?.id ?? null);
      return ok(user === undefined ? null : userShape(data, user));
    }
    const team = data.teams.find(({ id }) => id === Number(json['team_id']));
    world.change(one, 'team', () => (one.teamId = team?.id ?? null));
    return ok(team === undefined ? null : teamShape(data, team));
  }

  function listOf(isMeant: (one: StoredConversation) => boolean): StoredConversation[] {
    return [...data.conversations.values()].filter(isMeant).sort((one, other) => other.id - one.id);
  }

  function listConversations(query: URLSearchParams): FakeAnswer {
    const status = query.get('status') ?? 'open';
    const inboxId = Number(query.get('inbox_id'));
    const meant = listOf((one) => one.inboxId === inboxId && (status === 'all' || one.status === status));
    const sorted = meant.sort((one, other) => other.activityAt - one.activityAt);
    const from = (Number(query.get('page') ?? '1') - 1) * 25;
    const meta = { mine_count: 0, unassigned_count: 0, assigned_count: 0, all_count: sorted.length };
    return ok({ data: { meta, payload: sorted.slice(from, from + 25).map(shape) } });
  }

  function listMessages(one: StoredConversation, query: URLSearchParams): FakeAnswer {
    const after = query.get('after');
    const before = query.get('before');
    const all = one.messages;
    const page =
      after !== null
        ? all.filter(({ id }) => id > Number(after)).slice(0, 100)
        : all.filter(({ id }) => before === null || id < Number(before)).slice(-20);
    const payload = page.map((message) => messageShape(data, world.url(), one, message));
    return ok({ meta: { labels: one.labels, additional_attributes: {} }, payload });
  }

  async function createMessage(one: StoredConversation, request: FakeRequest): Promise<FakeAnswer> {
    const isForm = request.headers['content-type']?.startsWith('multipart/form-data') === true;
    const form = isForm ? await request.form() : undefined;
    const field = (name: string): unknown => (form === undefined ? request.json[name] : form.get(name));
    const content = field('content');
    const given = (form?.getAll('attachments[]') ?? []) as unknown as File[];
    if (typeof content !== 'string' || (content === '' && given.length === 0))
      return invalid('Content is empty');
    if (content.length > 150_000) return invalid('Content is too long (maximum is 150000 characters)');
    if (given.length > 15) return invalid('Attachments exceeded maximum allowed');
    const type = field('message_type') === 'incoming' ? 0 : 1;
    const inbox = data.inboxes.find(({ id }) => id === one.inboxId);
    if (type === 0 && inbox?.channelType !== 'Channel::Api') {
      return { status: 500, body: { error: 'Incoming messages are only allowed in Api inboxes' } };
    }
    const files = await Promise.all(
      given.map(async (part) => ({
        id: data.nextId(),
        name: part.name,
        contentType: part.type,
        bytes: Buffer.from(await part.arrayBuffer()),
      })),
    );
    const sender = type === 0 ? { contact: one.contactId } : { user: data.me.id };
    const isPrivate = String(field('private')) === 'true';
    const message = world.say(
      one,
      { content, type, private: isPrivate, files, ...sender },
      isPrivate ? 'note' : 'message',
    );
    return ok(messageShape(data, world.url(), one, message));
  }

  function createInbox(json: Record<string, unknown>): FakeAnswer {
    const channel = json['channel'] as Record<string, unknown> | undefined;
    if (channel?.['type'] !== 'api') return invalid('channel missing', 'channel');
    const name = textOf(json['name']);
    if (name === '') return invalid('Name can’t be blank', 'name');
    const inbox = {
      id: data.nextId(),
      name,
      channelType: 'Channel::Api',
      lock: json['lock_to_single_conversation'] === true,
      webhookUrl: textOf(channel['webhook_url']),
    };
    data.inboxes.push(inbox);
    return ok(inboxShape(inbox));
  }

  function setWebhook(json: Record<string, unknown>, id: number | undefined): FakeAnswer {
    const url = String(json['url']);
    if (data.webhooks.some((one) => one.url === url && one.id !== id))
      return invalid('Url has already been taken', 'url');
    const known = data.webhooks.find((one) => one.id === id);
    if (id !== undefined && known === undefined) return missing;
    const subscriptions = json['subscriptions'] as string[];
    const webhook = known ?? {
      id: data.nextId(),
      url,
      name: '',
      subscriptions,
      secret: data.signs ? `generated-secret-${data.nextId()}-of-chatwoot` : null,
    };
    Object.assign(webhook, { url, subscriptions, name: textOf(json['name']) });
    if (known === undefined) data.webhooks.push(webhook);
    return ok(dialect === 'seen' ? { payload: { webhook } } : { ...webhook, account_id: data.accountId });
  }

  function searchContacts(words: string): FakeAnswer {
    const wanted = words.toLowerCase();
    const meant = data.contacts.filter((contact) =>
      [contact.name, contact.email, contact.phone, contact.identifier].some((value) =>
        value?.toLowerCase().includes(wanted),
      ),
    );
    const payload = meant.slice(0, 15).map((contact) => contactShape(data, contact));
    return ok({ meta: { count: meant.length, current_page: '1' }, payload });
  }

  function createContact(json: Record<string, unknown>): FakeAnswer {
    const text = (name: string): string | null => (typeof json[name] === 'string' ? json[name] : null);
    const [email, phone, identifier] = [text('email'), text('phone_number'), text('identifier')];
    if (phone !== null && !/^\+[1-9]\d{1,14}$/u.test(phone)) {
      return invalid('Phone number should be in e164 format', 'phone_number');
    }
    const taken = data.contacts.find(
      (one) =>
        (email !== null && one.email === email) ||
        (phone !== null && one.phone === phone) ||
        (identifier !== null && one.identifier === identifier),
    );
    if (taken !== undefined) return invalid('Email has already been taken', 'email');
    const custom = (json['custom_attributes'] ?? {}) as Record<string, unknown>;
    const contact: StoredContact = {
      id: data.nextId(),
      name: text('name') ?? '',
      email,
      phone,
      identifier,
      sources: [],
      custom,
    };
    data.contacts.push(contact);
    const inboxId = Number(json['inbox_id']);
    const sourceId = `source-${data.nextId()}`;
    if (data.inboxes.some(({ id }) => id === inboxId)) contact.sources.push({ inboxId, sourceId });
    const told = contactShape(data, contact);
    if (dialect === 'described')
      return ok({ payload: [told], id: contact.id, availability_status: 'offline' });
    return ok({ payload: { contact: told, contact_inbox: contactInboxShape(data, sourceId, inboxId) } });
  }

  function addSource(contact: StoredContact, json: Record<string, unknown>): FakeAnswer {
    const inboxId = Number(json['inbox_id']);
    if (!data.inboxes.some(({ id }) => id === inboxId)) return missing;
    const sourceId = `source-${data.nextId()}`;
    contact.sources.push({ inboxId, sourceId });
    return ok(contactInboxShape(data, sourceId, inboxId));
  }

  function createConversation(json: Record<string, unknown>): FakeAnswer {
    const contact = data.contacts.find(({ id }) => id === Number(json['contact_id']));
    const inbox = data.inboxes.find(({ id }) => id === Number(json['inbox_id']));
    if (contact === undefined || inbox === undefined) return missing;
    if (!contact.sources.some(({ sourceId }) => sourceId === json['source_id'])) return missing;
    const there = listOf((one) => one.contactId === contact.id && one.inboxId === inbox.id).at(-1);
    if (inbox.lock && there !== undefined) return ok(shape(there));
    const custom = (json['custom_attributes'] ?? {}) as Record<string, unknown>;
    return ok(shape(world.open(inbox.id, contact.id, textOf(json['status']) || 'open', custom)));
  }

  function answerFile(how: string, id: number, request: FakeRequest): FakeAnswer {
    // A store of files must never see the token.
    if (request.headers['api_access_token'] !== undefined)
      return { status: 400, body: 'a token is no business of mine' };
    if (how === 'redirect') {
      const location = `${world.url()}/rails/active_storage/blobs/proxy/signed-${data.signature}-${id}/file`;
      return { status: 302, headers: { location } };
    }
    for (const one of data.conversations.values()) {
      for (const message of one.messages) {
        const file = message.files.find((stored) => stored.id === id);
        if (file) return { status: 200, body: file.bytes, headers: { 'content-type': file.contentType } };
      }
    }
    return { status: 404 };
  }
}

function profile({ me, accountId }: ChatwootData) {
  const account = { id: accountId, name: 'Acme Inc', status: 'active', active_at: null, role: me.role };
  return {
    id: me.id,
    account_id: accountId,
    name: me.name,
    email: me.email,
    role: me.role,
    uid: me.email,
    accounts: [account],
  };
}
