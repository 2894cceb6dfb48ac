import { resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWotNotClient, operationNames, type WotNotClient } from '../../src/wotnot/index.js';
import { docExamples, docSetup, runDocExample } from './doc-examples.js';
import { type Answer, answerJson, type FarSide, startFarSide } from './far-side.js';
import { pageSamples } from './page-samples.js';

const accountId = pageSamples.accountId;
const called = new Set<string>();
let farSide: FarSide;
let client: WotNotClient;

/** The page's sample answer to whatever is asked. */
const answerFromPage: Answer = (request, response, socket) => {
  const path = request.path.split('?')[0] ?? '';
  const isContacts = request.body.toString().startsWith('{"contacts"');
  const section = pageSamples.sections.find((one) => {
    const pattern = new RegExp(`^${one.path.replace(/<\w+>/g, '[^/]+')}$`);
    if (one.method !== request.method || !pattern.test(path)) return false;
    return one.path !== '/v1/conversations' || isContacts === one.operations.includes('create-contacts');
  });
  const conversation = pageSamples.sections.find((one) => one.operations.includes('create-conversation'));
  const answer = section ?? (path === '/api/v1/conversations' ? conversation : undefined);
  if (answer === undefined) answerJson(404, { ok: false, path })(request, response, socket);
  else answerJson(200, answer.answers[0])(request, response, socket);
};

beforeAll(async () => {
  farSide = await startFarSide(answerFromPage);
  client = createWotNotClient({
    baseUrl: farSide.url,
    token: 'docs-token-0123456789',
    accountId,
    hooks: { onAnswer: ({ operation, outcome }) => outcome === 'ok' && called.add(operation) },
  });
});
afterAll(async () => {
  client.stop();
  await farSide.stop();
});

describe('docs/wotnot-client.md', () => {
  test.each(docExamples)('the example on line $line runs', async (example) => {
    await runDocExample(example, client);
  });

  test('has an example of every operation', () => {
    expect([...called].sort()).toEqual([...operationNames].sort());
  });

  test('has a program of about twenty lines that does the whole of a conversation', () => {
    const [program] = docExamples;
    expect(program?.code.trim().split('\n').length).toBeLessThanOrEqual(23);
    for (const kind of ['text', 'file', 'voice', 'template'])
      expect(program?.code).toContain(`type: '${kind}'`);
  });

  test('and every example type-checks as it stands', () => {
    const setup = docSetup.replace("'agent-desk-bridge/wotnot'", "'../../src/wotnot/index.js'");
    const bodies = docExamples.map(({ code }, index) => `async function example${index}() {\n${code}\n}`);
    const source = `${setup}\n${bodies.join('\n')}\nvoid [${bodies.map((_, index) => `example${index}`).join()}];\n`;
    expect(diagnose(source)).toEqual([]);
  });
});

function diagnose(source: string): string[] {
  const virtual = resolve('test/wotnot/examples-of-the-page.ts');
  const config = ts.readConfigFile(resolve('tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, resolve('.'));
  const host = ts.createCompilerHost(options);
  const readFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === virtual
      ? ts.createSourceFile(name, source, options.target ?? ts.ScriptTarget.ES2023)
      : readFile(name, ...rest);
  host.fileExists = (name) => name === virtual || ts.sys.fileExists(name);
  const program = ts.createProgram([virtual], options, host);
  const file = program.getSourceFile(virtual);
  return ts
    .getPreEmitDiagnostics(program, file)
    .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
}
