import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createWotNotClient, type UploadProgress, type WotNotClient } from '../../src/wotnot/index.js';
import { answerJson, type FarSide, failureOf, startFarSide } from './far-side.js';
import { readForm } from './read-form.js';

const accepted = answerJson(200, { ok: true, knowledge_base_id: 876 });
const folder = mkdtempSync(join(tmpdir(), 'wotnot-upload-'));
let farSide: FarSide;
let wotnot: WotNotClient;

beforeAll(async () => {
  farSide = await startFarSide(accepted);
  wotnot = createWotNotClient({ baseUrl: farSide.url, token: 'upload-token-0123456789', accountId: 1 });
});
afterAll(async () => {
  wotnot.stop();
  await farSide.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  farSide.received.length = 0;
  farSide.answerWith(accepted);
});

describe('an upload', () => {
  test('carries texts, files from disk and files that are still arriving, one part per field', async () => {
    const path = join(folder, 'menu.pdf');
    writeFileSync(path, 'from disk');
    await wotnot.uploadSources({
      knowledge_base_id: 876,
      sources: {
        opening_hours: 'Mon–Fri 9–17 ☕',
        menu: { path },
        terms: { path, name: 'terms.pdf', type: 'application/pdf' },
        prices: { stream: Readable.from(['from ', 'a stream']), name: 'prices.csv', type: 'text/csv' },
      },
    });
    const type = 'application/octet-stream';
    expect(await readForm(farSide.received[0])).toEqual([
      { field: 'opening_hours', content: 'Mon–Fri 9–17 ☕', name: null, type: 'text/plain' },
      { field: 'menu', content: 'from disk', name: 'menu.pdf', type },
      { field: 'terms', content: 'from disk', name: 'terms.pdf', type: 'application/pdf' },
      { field: 'prices', content: 'from a stream', name: 'prices.csv', type: 'text/csv' },
    ]);
    expect(farSide.received[0]?.headers['transfer-encoding']).toBe('chunked');
  });

  test('announces its length where all lengths are known', async () => {
    const path = join(folder, 'empty.txt');
    writeFileSync(path, '');
    await wotnot.uploadSources({ knowledge_base_id: 1, sources: { a: 'text', b: { path } } });
    const [sent] = farSide.received;
    expect(sent?.headers['content-length']).toBe(String(sent?.body.length));
  });

  test('has one try, as its streams have been read', async () => {
    const patient = createWotNotClient({
      baseUrl: farSide.url,
      token: 'upload-token-0123456789',
      accountId: 1,
      retries: 2,
    });
    farSide.answerWith(answerJson(503, {}));
    const stream = Readable.from(['x']);
    const call = patient.uploadSources({ knowledge_base_id: 1, sources: { a: { stream, name: 'a' } } });
    expect(await failureOf(call)).toMatchObject({ code: 'unavailable', whatToDo: 'retry' });
    expect(farSide.received).toHaveLength(1);
    patient.stop();
  });

  test('cannot be broken out of by a name', async () => {
    const field = 'a"\r\nX-Evil: 1\r\n\r\nb';
    const stream = Readable.from(['x']);
    await wotnot.uploadSources({ knowledge_base_id: 1, sources: { [field]: { stream, name: '"\r\n.txt' } } });
    expect(await readForm(farSide.received[0])).toMatchObject([{ content: 'x' }]);
    expect(farSide.received[0]?.body.toString()).not.toContain('\r\nX-Evil');
  });

  test('of 200 MB does not pass through memory as a whole', async () => {
    const chunk = Buffer.alloc(65_536, 'x');
    async function* produce() {
      for (let n = 0; n < 3200; n += 1) yield chunk;
    }
    let bytes = 0;
    let highest = 0;
    const drain = createWotNotClient({
      baseUrl: farSide.url,
      token: 'upload-token-0123456789',
      accountId: 1,
      transport: async (request) => {
        for await (const part of request.body as Readable) {
          bytes += (part as Buffer).length;
          highest = Math.max(highest, process.memoryUsage().arrayBuffers);
        }
        return {
          outcome: 'answered',
          status: 200,
          retryAfter: null,
          bytes: Buffer.from('{"ok":true,"knowledge_base_id":1}'),
          extent: 'whole',
        };
      },
    });
    const before = process.memoryUsage().arrayBuffers;
    await drain.uploadSources({
      knowledge_base_id: 1,
      sources: { big: { stream: Readable.from(produce()), name: 'big' } },
    });
    expect(bytes).toBeGreaterThan(200_000_000);
    expect(highest - before).toBeLessThan(20_000_000);
  });

  test('tells its progress as it is read: not ahead of the connection, and to the last byte', async () => {
    const path = join(folder, 'large.bin');
    writeFileSync(path, Buffer.alloc(3_000_000, 'x'));
    let told: UploadProgress = { sentBytes: -1, totalBytes: null };
    const first: UploadProgress[] = [];
    const lags = new Set<number>();
    let read = 0;
    const slow = createWotNotClient({
      baseUrl: farSide.url,
      token: 'upload-token-0123456789',
      accountId: 1,
      transport: async (request) => {
        first.push(told);
        // As while a connection is made: nothing may be read, and nothing lost, before its reader comes.
        await new Promise((resolve) => setTimeout(resolve, 20));
        first.push(told);
        for await (const piece of request.body as Readable) {
          read += (piece as Buffer).length;
          lags.add(told.sentBytes - read);
        }
        return {
          outcome: 'answered',
          status: 200,
          retryAfter: null,
          bytes: Buffer.from('{"ok":true,"knowledge_base_id":1}'),
          extent: 'whole',
        };
      },
    });
    const onProgress = (progress: UploadProgress) => {
      told = progress;
    };
    const request = { knowledge_base_id: 1, sources: { a: 'text', b: { path } } };
    await slow.uploadSources(request, { onProgress });
    expect(first).toEqual([
      { sentBytes: 0, totalBytes: read },
      { sentBytes: 0, totalBytes: read },
    ]);
    expect(read).toBeGreaterThan(3_000_000);
    expect([...lags]).toEqual([0]);
    expect(told).toEqual({ sentBytes: read, totalBytes: read });

    const steps: UploadProgress[] = [];
    await wotnot.uploadSources(request, { onProgress: (progress) => steps.push(progress) });
    const [sent] = farSide.received;
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.map(({ sentBytes }) => sentBytes)).toEqual(
      steps.map(({ sentBytes }) => sentBytes).toSorted((a, b) => a - b),
    );
    expect(steps.at(-1)).toEqual({ sentBytes: sent?.body.length, totalBytes: sent?.body.length });
    expect((await readForm(sent)).map(({ content }) => content.length)).toEqual([4, 3_000_000]);
  });

  test('of unknown length tells its progress without a total, and goes on when who listens throws', async () => {
    const steps: UploadProgress[] = [];
    const stream = Readable.from(['from ', 'a stream']);
    await wotnot.uploadSources(
      { knowledge_base_id: 1, sources: { a: { stream, name: 'a' } } },
      {
        onProgress: (progress) => {
          steps.push(progress);
          throw new Error('the screen is gone');
        },
      },
    );
    expect(steps.at(-1)).toEqual({ sentBytes: farSide.received[0]?.body.length, totalBytes: null });
  });

  test('whose stream fails was not accepted, and says so', async () => {
    const stream = new Readable({
      read() {
        this.push('begin');
        this.destroy(new Error('the disk is gone'));
      },
    });
    const call = wotnot.uploadSources({ knowledge_base_id: 1, sources: { a: { stream, name: 'a' } } });
    expect(await failureOf(call)).toMatchObject({ code: 'upload_failed', whatToDo: 'permanent' });
    expect(farSide.received).toHaveLength(0);
  });

  test('that is given up lets go of its stream', async () => {
    const stream = new Readable({ read: () => undefined });
    const caller = new AbortController();
    const call = failureOf(
      wotnot.uploadSources(
        { knowledge_base_id: 1, sources: { a: { stream, name: 'a' } } },
        { signal: caller.signal },
      ),
    );
    await expect.poll(() => farSide.openSockets()).toBeGreaterThan(0);
    caller.abort();
    expect(await call).toMatchObject({ code: 'aborted' });
    await expect.poll(() => stream.destroyed).toBe(true);
  });
});
