import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createWotNotClient,
  errorCodes,
  type OperationName,
  operationNames,
  operations,
  type WotNotClient,
  WotNotError,
  type WotNotRequest,
} from '../../src/wotnot/index.js';
import { answerJson, type FarSide, failureOf, startFarSide } from './far-side.js';
import { pageSamples } from './page-samples.js';
import { readForm } from './read-form.js';

const token = 'contract-token-0123456789';
let farSide: FarSide;
let wotnot: WotNotClient;

beforeAll(async () => {
  farSide = await startFarSide();
  wotnot = createWotNotClient({ baseUrl: farSide.url, token, accountId: pageSamples.accountId });
});
afterAll(async () => {
  wotnot.stop();
  await farSide.stop();
});
beforeEach(() => {
  farSide.received.length = 0;
});

function call(operation: string, request: unknown) {
  return wotnot.call(operation as OperationName, request as WotNotRequest<OperationName>);
}

describe('the table of operations', () => {
  const counted = operationNames.filter((name) => operations[name].channel === 'public');

  test('covers the 22 sections of the page, one of them with two bodies', () => {
    expect(pageSamples.sections).toHaveLength(22);
    expect(counted).toEqual(pageSamples.sections.flatMap((section) => section.operations));
    expect(new Set(counted.map((name) => operations[name].section)).size).toBe(22);
    expect(counted).toHaveLength(23);
  });

  test('has a method of the client for each, and the API channel beside them', () => {
    const methods = operationNames.map((name) =>
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(Object.keys(wotnot).sort()).toEqual(['call', 'stop', ...methods].sort());
    expect(operationNames.filter((name) => operations[name].channel === 'api')).toEqual([
      'start-api-conversation',
      'send-visitor-message',
    ]);
  });

  test('knows every error code of the page and no other', () => {
    const printed = pageSamples.sections.flatMap((section) =>
      section.errors.map((sample) => sample.expected.code),
    );
    expect(Object.keys(errorCodes).sort()).toEqual([...new Set(printed)].sort());
  });
});

describe.each(pageSamples.sections)('$section', (section) => {
  const [answer] = section.answers;

  test.each(section.operations)('%s has the method and the path of the page', (name) => {
    const operation = operations[name as OperationName];
    expect([operation.section, operation.method, operation.path]).toEqual([
      section.section,
      section.method,
      section.path,
    ]);
  });

  test.each(section.requests)('$operation sends the sample as printed ($#)', async (sample) => {
    farSide.answerWith(answerJson(200, answer));
    await call(sample.operation, sample.call);
    expect(farSide.received).toHaveLength(1);
    const [sent] = farSide.received;
    expect(`${sent?.method} ${sent?.path}`).toBe(`${sample.method} ${sample.path}`);
    expect(sent?.headers.authorization).toBe(`Bearer ${token}`);
    if (sample.multipart === undefined) {
      expect(sent?.headers['content-type']).toBe('application/json');
      expect(sent?.body.toString()).toBe(sample.body === undefined ? '' : JSON.stringify(sample.body));
    } else {
      const form = (await readForm(sent)).map(({ field, content }) => [field, content]);
      expect(Object.fromEntries(form)).toEqual(sample.multipart);
    }
  });

  test.each(section.requests)('$operation reads the sample answer ($#)', async (sample) => {
    farSide.answerWith(answerJson(200, answer));
    const read = await call(sample.operation, sample.call);
    expect(keepStrings(read)).toEqual(expected(sample.operation, answer));
  });

  const [first] = section.requests;
  test.each(section.errors)(
    'answers HTTP $httpStatus $expected.code as a typed error ($#)',
    async (sample) => {
      farSide.answerWith(answerJson(sample.httpStatus, sample.body));
      const error = await failureOf(call(first?.operation ?? '', first?.call));
      expect(error).toBeInstanceOf(WotNotError);
      expect(error).toMatchObject({
        name: 'WotNotError',
        operation: first?.operation,
        httpStatus: sample.httpStatus,
        reportedCode: null,
        networkCode: null,
        ...sample.expected,
      });
    },
  );
});

/** Ids come back as strings: everything else must be what the page prints. */
function keepStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keepStrings);
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? String(value) : value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, keepStrings(inner)]));
}

function expected(operation: string, answer: unknown): unknown {
  if (operation !== 'upload-sources') return keepStrings(answer);
  const { ok, knowledge_base_id, ...sources } = answer as Record<string, unknown>;
  return keepStrings({ ok, knowledge_base_id, sources });
}
