import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/index.js';
import { createWotNotClient, operationNames, type WotNotClient } from '../../src/wotnot/index.js';
import { docExamples, runDocExample } from './doc-examples.js';
import { startFarSide } from './far-side.js';

const sandbox = createSandbox({ port: 0, trainingMs: 1 });
const called = new Set<string>();
let client: WotNotClient;
let stopWebhook: () => Promise<void>;
let webhookUrl = '';

beforeAll(async () => {
  const { url } = await sandbox.start();
  client = createWotNotClient({
    baseUrl: url,
    token: sandbox.token,
    accountId: sandbox.accountId,
    hooks: { onAnswer: ({ operation, outcome }) => outcome === 'ok' && called.add(operation) },
  });
  const webhook = await startFarSide((request, response) => response.end(request.body));
  webhookUrl = webhook.url;
  stopWebhook = () => webhook.stop();
});
afterAll(async () => {
  client.stop();
  await sandbox.stop();
  await stopWebhook();
});

/** What the page's examples speak of, made anew for each (plans have limits), and real there. */
async function prepare(): Promise<Record<string, string>> {
  await fetch(`${sandbox.url}/sandbox/reset`, { method: 'POST' });
  const agents = { 'ada@example.com': 'ada@fern.example', 'grace@example.com': 'grace@fern.example' };
  const { conversation } = await client.createConversation({
    channel: 'SMS',
    from: '1-123-1231230',
    to: { phone: '1-1321231320' },
    message: { type: 'text', text: 'Hello' },
    assignee: 'ada@fern.example',
  });
  const { id: knowledgeBase } = await client.createKnowledgeBase({ name: 'Base' });
  const uploaded = await client.uploadSources({ knowledge_base_id: knowledgeBase, sources: { a: 'text' } });
  const source = Object.values(uploaded.sources)[0]?.[0]?.id ?? '';
  const { bots } = await client.listBots();
  const { roles } = await client.listRoles();
  const grace = roles.flatMap((role) => role.users_in_role).find((one) => one.email === 'grace@fern.example');
  return {
    ...agents,
    '12wfegrgt4t': conversation.id,
    "'876'": `'${knowledgeBase}'`,
    '330783': source,
    '330778': source,
    '9633': bots[0]?.bot_id ?? '',
    '7SgQLb4qUbp61059137828254t5QVE0H': bots[0]?.bot_key ?? '',
    '262185': roles.find((role) => role.role_name === 'agent')?.id ?? '',
    '112233': grace?.id ?? '',
    'https://bridge.example.com': webhookUrl,
    'https://files.example.com': webhookUrl,
  };
}

describe('against the sandbox', () => {
  test.each(docExamples)('the example on line $line of the page runs', async (example) => {
    await runDocExample(example, client, await prepare());
  });

  test('every operation has been answered there', () => {
    expect([...called].sort()).toEqual([...operationNames].sort());
  });
});
