import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { serve, errorOf } from './serve.js';

const consoleDirectory = mkdtempSync(path.join(tmpdir(), 'console-'));
writeFileSync(path.join(consoleDirectory, 'index.html'), '<!doctype html><title>Agent desk</title>');
writeFileSync(path.join(consoleDirectory, 'main.js'), 'void 0');
writeFileSync(path.join(consoleDirectory, 'main.js.map'), '{}');
writeFileSync(path.join(consoleDirectory, '.env'), 'x');
afterAll(() => rmSync(consoleDirectory, { recursive: true }));

describe('the console', () => {
  it('is framed by nobody at its own address (B48, S-UI-1)', async () => {
    const served = await serve({ consoleDirectory, embedOrigins: ['https://desk.example'] });
    const page = await served.ask.get('/');
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(page.headers['x-frame-options']).toBe('DENY');
    const policy = page.headers['content-security-policy'] ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self' http://bridge.test ws://bridge.test");
    expect(policy).not.toContain('unsafe');
  });

  it('is framed by the desks on the list in its panel, and by nobody else (B48, S-UI-1)', async () => {
    const served = await serve({
      consoleDirectory,
      embedOrigins: ['https://desk.example', 'https://other.example'],
    });
    const panel = await served.ask.get('/embed');
    expect(panel.headers['content-security-policy']).toContain(
      'frame-ancestors https://desk.example https://other.example',
    );
    expect(panel.headers['x-frame-options']).toBeUndefined();
    const none = await (await serve({ consoleDirectory })).ask.get('/embed');
    expect(none.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(none.headers['x-frame-options']).toBe('DENY');
  });

  it('has its files, and neither maps nor hidden ones', async () => {
    const served = await serve({ consoleDirectory });
    expect((await served.ask.get('/main.js')).status).toBe(200);
    for (const hidden of ['/main.js.map', '/.env', '/index.html', '/assets/', '/%2e%2e/package.json']) {
      const answer = await served.ask.get(hidden);
      expect([hidden, answer.status, errorOf(answer).code]).toEqual([hidden, 404, 'not_found']);
    }
    expect((await served.ask.post('/')).status).toBe(405);
  });

  it('is missed politely when it was not built', async () => {
    const served = await serve({ consoleDirectory: '/nowhere' });
    const answer = await served.ask.get('/');
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'not_found']);
  });
});
