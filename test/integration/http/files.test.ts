import { describe, expect, it } from 'vitest';
import { cleanFileName } from '../../../src/http/files/clean-file-name.js';
import { dispositionOf } from '../../../src/http/files/disposition.js';
import { file } from './fakes.js';
import { as, serve, type Served, errorOf } from './serve.js';

const stored = ({ calls }: Served) =>
  calls.filter(([verb]) => verb === 'storeFile').map((call) => call[2] as { name: string; bytes: Buffer });
const link = '/files/wsp_a/fil_1/a.mp3?expires=1&signature=s';

describe('an upload', () => {
  it('is the body as it is, whatever type it claims', async () => {
    const served = await serve();
    const bytes = Buffer.from([0, 255, 1, 254]);
    const answer = await served.ask
      .post('/v1/files?name=a%20b.png')
      .set({ ...as('agent-token'), 'Content-Type': 'image/png' })
      .send(bytes);
    expect([answer.status, (answer.body as { fileId: string }).fileId]).toEqual([201, 'fil_1']);
    expect(stored(served)[0]?.name).toBe('a b.png');
    expect(stored(served)[0]?.bytes.equals(bytes)).toBe(true);
  });

  it('takes its name from a header too, percent-encoded', async () => {
    const served = await serve();
    await served.ask
      .post('/v1/files')
      .set({ ...as('agent-token'), 'Content-Type': 'audio/ogg', 'X-File-Name': '%C3%BC.ogg' })
      .send(Buffer.from('x'));
    expect(stored(served)[0]?.name).toBe('ü.ogg');
  });

  it('or is the field `file` of a form', async () => {
    const served = await serve();
    const bytes = Buffer.from('form bytes');
    const answer = await served.ask
      .post('/v1/files')
      .set(as('agent-token'))
      .field('other', 'x')
      .attach('file', bytes, { filename: 'grüße.txt' });
    expect(answer.status).toBe(201);
    expect(stored(served)[0]?.name).toBe('grüße.txt');
    expect(stored(served)[0]?.bytes.equals(bytes)).toBe(true);
  });

  it.each([
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbroken off',
    ],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="else"; filename="a"\r\n\r\nz\r\n--x--\r\n',
    ],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file\r\n--x--\r\n',
    ],
    ['multipart/form-data', 'no boundary'],
    ['multipart/form-data; boundary=x', 'nonsense'],
    ['multipart/mixed; boundary=x', '--x--'],
  ])('%s with %j is refused and nothing is stored', async (type, body) => {
    const served = await serve();
    const asking = served.ask.post('/v1/files').set({ ...as('agent-token'), 'Content-Type': type });
    asking.write(body);
    const answer = await asking;
    expect([answer.status, errorOf(answer).code]).toEqual([400, 'invalid_request']);
    expect(stored(served)).toEqual([]);
  });

  it('takes 25 MB and refuses a byte more, as a body and in a form (B34)', async () => {
    const served = await serve();
    const most = Buffer.alloc(25 * 1024 * 1024, 1);
    const over = Buffer.alloc(most.length + 1, 1);
    const headers = { ...as('agent-token'), 'Content-Type': 'application/pdf' };
    expect((await served.ask.post('/v1/files').set(headers).send(most)).status).toBe(201);
    for (const answer of [
      await served.ask.post('/v1/files').set(headers).send(over),
      await served.ask.post('/v1/files').set(as('agent-token')).attach('file', over, 'a.pdf'),
    ]) {
      expect([answer.status, errorOf(answer).code]).toEqual([413, 'body_too_large']);
    }
    expect(stored(served)).toHaveLength(1);
  });

  it('waits its turn when too many are on their way', async () => {
    const served = await serve({ uploadsAtOnce: 0 });
    const answer = await served.ask
      .post('/v1/files')
      .set({ ...as('agent-token'), 'Content-Type': 'a/b' })
      .send(Buffer.from('x'));
    expect([answer.status, errorOf(answer).code]).toEqual([503, 'overloaded']);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\a.png', 'a.png'],
    ['a\u0000.png', 'a.png'],
    ['photo\u202egnp.exe', 'photognp.exe'],
    ['a"b\r\nX: y.txt', 'a"bX: y.txt'],
    ['', 'file'],
    ['...', 'file'],
    [`${'x'.repeat(300)}.png`, `${'x'.repeat(196)}.png`],
    ['\ud800.png', '.png'],
  ])('named %j is called %j (B36)', (name, clean) => {
    expect(cleanFileName(name)).toBe(clean);
  });
});

describe('a signed link', () => {
  it('gives the file to who has it, cached by nobody, run by no browser (B35, B38)', async () => {
    const served = await serve();
    const answer = await served.ask.get(link).buffer(true);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '10',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    expect(answer.headers['content-disposition']).toBe(
      `inline; filename="a _b_ _.mp3"; filename*=UTF-8''a%20%22b%22%20%C3%BC.mp3`,
    );
    expect(served.calls.at(-1)?.[1]).toEqual({
      workspaceId: 'wsp_a',
      fileId: 'fil_1',
      expires: '1',
      signature: 's',
    });
  });

  it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'application/javascript', 'text/xml'])(
    'hands %s out as a download of bytes (B35)',
    async (contentType) => {
      const served = await serve();
      served.answers.set('openFileLink', () =>
        Promise.resolve({
          outcome: 'opened',
          file: { ...file, contentType },
          bytes: Buffer.from('<x>'),
          inline: false,
        }),
      );
      const answer = await served.ask.get(link);
      expect(answer.headers['content-type']).toBe('application/octet-stream');
      expect(answer.headers['content-disposition']).toMatch(/^attachment/);
    },
  );

  it.each([
    ['link_invalid', 403],
    ['link_expired', 410],
    ['not_found', 404],
  ])('that is no good says %s (B38)', async (code, status) => {
    const served = await serve();
    served.answers.set('openFileLink', () => Promise.resolve({ outcome: 'refused', code }));
    const answer = await served.ask.get(link);
    expect([answer.status, errorOf(answer).code]).toEqual([status, code]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers HEAD, and ranges', async () => {
    const served = await serve();
    const head = await served.ask.head(link);
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '10', undefined]);
    const ask = async (range: string) => {
      const answer = await served.ask
        .get(link)
        .set('Range', range)
        .buffer(true)
        .parse((response, done) => {
          let text = '';
          response.on('data', (piece: Buffer) => (text += piece.toString()));
          response.on('end', () => done(null, text));
        });
      return [answer.status, answer.headers['content-range'], answer.body as unknown];
    };
    expect(await ask('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await ask('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await ask('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await ask('bytes=0-999')).toEqual([206, 'bytes 0-9/10', '0123456789']);
    expect((await ask('bytes=10-'))[0]).toBe(416);
    for (const odd of ['bytes=4-2', 'bytes=0-1,3-4', 'items=1-2', 'bytes=-', 'bytes=x'])
      expect((await ask(odd))[0]).toBe(200);
  });

  it('survives any name in its header', () => {
    for (const name of ['a\r\nSet-Cookie: x', '\ud800', '\u0000', '"', "it's (1)*.txt", '名前.png']) {
      expect(dispositionOf(name, false)).toMatch(/^[\x20-\x7e]+$/);
    }
  });
});
