import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { matchOperations } from '../../src/sandbox/api/match-operation.js';
import { createWotNotClient, operationNames, operations, type WotNotClient } from '../../src/wotnot/index.js';
import { type House, openHouse } from './support/open-house.js';

let house: House;
let client: WotNotClient;
beforeEach(async () => {
  house = await openHouse();
  const { token, accountId } = house.sandbox;
  client = createWotNotClient({ baseUrl: house.url, token, accountId });
});
afterEach(async () => {
  await house.close();
});

test('every operation is found at its documented path, with /api in front and without', () => {
  for (const name of operationNames) {
    const { method, path } = operations[name];
    const bare = path.replace(/^\/api/, '').replace(/<\w+>/g, 'x');
    for (const spelling of [bare, `/api${bare}`]) {
      expect(matchOperations(method, spelling).map((candidate) => candidate.name)).toContain(name);
    }
  }
});

test('a knowledge base takes texts, files, pages and a domain, trains them, and forgets them', async () => {
  const { id } = await client.createKnowledgeBase({ name: 'Plants' });
  const uploaded = await client.uploadSources({
    knowledge_base_id: id,
    sources: {
      q1: 'Water the fern.',
      d2: { stream: Readable.from(['a,b\r\n1,2']), name: 'care.csv', type: 'text/csv' },
    },
  });
  expect(uploaded.sources).toMatchObject({
    q1: [{ type: 'text', name: 'q1.txt', status: 'in-progress' }],
    d2: [{ type: 'file', name: 'care.csv', status: 'in-progress' }],
  });
  const pages = await client.addWebpages({
    knowledge_base_id: id,
    urls: ['https://fern.example/care', 'https://fern.example/not-found'],
  });
  const ids = pages.data_sources.map((source) => source.id);
  await client.addDomain({ knowledge_base_id: id, url: 'https://fern.example' });
  const statuses = async () =>
    (await client.getTrainingStatus({ source_ids: ids })).sources.map(({ status }) => status);
  expect(pages.data_sources.map(({ status }) => status)).toEqual(['in-progress', 'in-progress']);
  await house.until(async () => !(await statuses()).includes('in-progress'));
  expect(await statuses()).toEqual(['trained', 'failed']);
  const before = await client.getKnowledgeBase({ knowledge_base_id: id, limit: 100, offset: 1 });
  expect(before).toMatchObject({
    name: 'Plants',
    total_data_sources: 5,
    domains: [{ url: 'https://fern.example' }],
  });
  expect(before.data_source.find(({ status }) => status === 'failed')?.failed_reason).toMatch(/not be found/);
  await client.deleteDataSources({ knowledge_base_id: id, data_sources: ids });
  expect((await client.getKnowledgeBase({ knowledge_base_id: id })).total_data_sources).toBe(3);
  await expect(client.deleteDataSources({ knowledge_base_id: id, data_sources: ids })).rejects.toMatchObject({
    code: 'RESOURCE_NOT_FOUND',
  });
});

test('the plan has its limits', async () => {
  for (let index = 0; index < 5; index += 1) await client.createKnowledgeBase({ name: `kb ${index}` });
  await expect(client.createKnowledgeBase({ name: 'one more' })).rejects.toMatchObject({
    code: 'MAX_KNOWLEDGE_BASE_COUNT_EXCEEDED',
  });
  for (let index = 0; index < 9; index += 1) await client.createBot({ name: `bot ${index}`, channel: 'API' });
  await expect(client.createBot({ name: 'one more', channel: 'API' })).rejects.toMatchObject({
    code: 'MAXIMUM_BOTS_LIMIT_REACHED',
  });
});

test('a contact is created once and updated after that', async () => {
  const first = await client.createContacts({
    contacts: [{ name: 'Michael', email: 'm@x.example', phone: '+1 212 555' }],
  });
  const second = await client.createContacts({
    contacts: [{ phone: '1212555', custom_variables: { company: 'Example' } }, { email: 'new@x.example' }],
  });
  expect([first.created.length, first.updated.length]).toEqual([1, 0]);
  expect(second.updated.map(({ key }) => key)).toEqual(first.created.map(({ key }) => key));
  expect(second.created).toHaveLength(1);
});

test('a bot is made from another, deployed and listed', async () => {
  const [first] = (await client.listBots({})).bots;
  const { id } = await client.createBot({ name: 'Copy', channel: 'API', template_id: first?.bot_id ?? '' });
  const flow = await client.getBotFlow({ bot_id: id });
  expect(flow).toMatchObject({ is_deployed: false, data: { nodes: [{ id: 'greeting' }] } });
  const deployed = await client.deployBotFlow({ bot_id: id, flow_diagram: { nodes: [] } });
  expect(deployed).toMatchObject({ is_deployed: true, data: { nodes: [] } });
  expect((await client.listBots({})).bots.map(({ bot_title: title }) => title)).toContain('Copy');
});

test('a user is invited, given another role, and removed', async () => {
  const rolesNow = async () => (await client.listRoles({})).roles;
  const [admin, agent] = await rolesNow();
  const email = 'new@fern.example';
  const invited = await client.inviteUser({ user: { email, role_id: agent?.id ?? '' }, notify_user: true });
  expect(invited).toMatchObject({
    status: 'invited',
    invitation_link: expect.stringContaining('invitation_key='),
  });
  const find = async (role: string) =>
    (await rolesNow())
      .find((candidate) => candidate.role_name === role)
      ?.users_in_role.find((user) => user.email === email);
  const user = await find('agent');
  await client.updateUserRole({ user_id: user?.id ?? '', role_id: admin?.id ?? '' });
  expect(await find('admin')).toBeDefined();
  await client.removeUser({ user_id: user?.id ?? '' });
  expect(await find('admin')).toBeUndefined();
  await expect(client.removeUser({ user_id: user?.id ?? '' })).rejects.toMatchObject({
    code: 'USER_NOT_FOUND',
  });
  await expect(client.inviteUser({ user: { email, role_id: 1 } })).rejects.toMatchObject({
    code: 'ROLE_NOT_FOUND',
  });
});

test('a WhatsApp conversation starts with its template, goes on and closes, and each step comes back as an event', async () => {
  await house.register();
  const started = await client.createConversation({
    channel: 'WHATSAPP',
    from: '1123123123',
    to: { phone: '11231231230', name: 'John Doe' },
    message: {
      type: 'template',
      data: { template: 'test_template', parameters: { header: ['John'], body: ['Doe'] } },
    },
    assignee: 'ada@fern.example',
  });
  const { id, message_id: firstId } = started.conversation;
  expect(started.conversation.assignee).toMatchObject({ to: 'ada@fern.example' });
  const user = { by: 'ada@fern.example' };
  await client.sendMessage({
    conversation_id: id,
    message: { type: 'template', data: { template: 'welcome' } },
    user,
  });
  await client.updateVariables({
    conversation_id: id,
    variables: [
      { name: 'order', type: 'conversation', value: 'FF-1' },
      { name: 'phone', type: 'contact', value: '999' },
    ],
  });
  await client.assignTeam({ conversation_id: id, team: { by: 'ada@fern.example', to: 'Sales' } });
  await client.closeConversation({ conversation_id: id, user });
  await house.until(() => house.bridge.events(id).some(({ type }) => type === 'status'));
  const events = house.bridge.events(id).filter(({ type }) => type !== 'message_status');
  expect(events.map(({ type }) => type)).toEqual([
    'conversation_create',
    'message',
    'message',
    'variables',
    'assignee_change',
    'status',
  ]);
  expect(events[1]?.payload).toMatchObject({
    message: { id: firstId, text: '<p>Hello John Doe, this is a test.</p>' },
  });
  expect(events[5]?.payload).toMatchObject({
    status: 'CLOSE',
    is_closed: 1,
    by: { email: 'ada@fern.example' },
  });
  const seen = await house.conversation(id);
  expect(seen).toMatchObject({
    status: 'closed',
    contact: { phone: '999' },
    variables: [{ name: 'order', value: 'FF-1' }],
  });
});

test('a program may be the visitor, and on a closed conversation it starts the next one', async () => {
  const started = await client.startApiConversation({
    message: { type: 'text', data: { body: 'I want a human' } },
    bot_key: 'any',
    from: { user_external_id: 'visitor-7' },
    variables: { plan: 'gold' },
  });
  const { id } = started.conversation;
  expect(await house.conversation(id)).toMatchObject({
    channel: 'API',
    assignee: { type: 'team', name: 'Support' },
  });
  await client.sendVisitorMessage({
    conversation_id: id,
    message: { type: 'text', data: { body: 'Still there' } },
  });
  await client.closeConversation({ conversation_id: id, user: { by: 'ada@fern.example' } });
  await client.sendVisitorMessage({
    conversation_id: id,
    message: { type: 'text', data: { body: 'One more thing' } },
  });
  const all = (await (await fetch(`${house.url}/sandbox/conversations`)).json()) as {
    visitorKey: string;
    status: string;
  }[];
  expect(all.map(({ status }) => status)).toEqual(['closed', 'open']);
  expect(new Set(all.map(({ visitorKey }) => visitorKey)).size).toBe(1);
});
