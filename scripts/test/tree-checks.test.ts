import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSmallHouse } from './small-house.js';

let house: ReturnType<typeof createSmallHouse>;

beforeEach(() => {
  house = createSmallHouse();
});

afterEach(() => house.pullDown());

/** Each: what is planted, and a piece of what the check says about it. */
const planted: Record<string, [name: string, content: string, says: string][]> = {
  sizes: [
    ['src/desk/long.ts', '//\n'.repeat(401), '401 lines, more than 400'],
    ['console/styles/long.css', '/**/\n'.repeat(301), '301 lines, more than 300'],
    ['src/desk/utils.ts', '', 'refuses nothing'],
    ['src/helpers/greet.ts', '', 'refuses nothing'],
    ['src/desk/sendReply.ts', '', 'kebab-case'],
  ],
  marks: [
    ['src/desk/reply.ts', `// ${'TO'}DO: later`, 'unfinished work'],
    ['test/unit/reply.test.ts', `test.${'on'}ly('one', () => {});`, 'switched on or off by hand'],
    ['src/desk/reply.ts', `// eslint-${'disable'}-next-line`, 'switched off in place'],
  ],
  secrets: [
    ['deploy/prod.env.ts', `const key = '-----BEGIN ${'PRIVATE'} KEY-----'`, 'a private key'],
    ['docs/a.md', `postgres://bridge:${'Zk83hsLqp'}@10.0.0.1/bridge`, 'a password in an address'],
    ['src/a.ts', `const apiKey = '${'q8Zr2kLx'.repeat(4)}';`, 'a literal secret'],
    ['src/a.ts', `const t = 'ghp_${'a1B2'.repeat(9)}';`, 'a GitHub token'],
  ],
  format: [['src/desk/reply.ts', 'export const  one = "1"\n', 'src/desk/reply.ts']],
};

describe.each(Object.entries(planted))('%s', (check, violations) => {
  test('a tree without faults passes', async () => {
    expect(await house.check(check)).toEqual({ outcome: 'passed', output: '' });
  });

  test.each(violations)('%s is found', async (name, content, says) => {
    house.write(name, content);
    const { outcome, output } = await house.check(check);
    expect(outcome).toBe('failed');
    expect(output).toContain(says);
  });
});

test('a file of 251 lines is a warning, not a failure', async () => {
  house.write('src/desk/reply.ts', '//\n'.repeat(251));
  const { outcome, output } = await house.check('sizes');
  expect({ outcome, output }).toEqual({
    outcome: 'passed',
    output: 'src/desk/reply.ts: 251 lines, worth a conversation',
  });
});

test('an environment file that git would keep is found', async () => {
  house.write('.gitignore', 'node_modules');
  house.write('deploy/.env.production', 'PORT=1');
  expect((await house.check('secrets')).output).toContain('environment files are not kept');
});

describe('the lock file', () => {
  function changeLock(change: (packages: Record<string, Record<string, unknown>>) => void): void {
    const lock = JSON.parse(readFileSync(path.join(house.root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Record<string, unknown>>;
    };
    change(lock.packages);
    house.write('package-lock.json', JSON.stringify(lock));
  }

  test('as it is, it passes both its checks', async () => {
    expect(await house.check('lock-file')).toEqual({ outcome: 'passed', output: '' });
    expect(await house.check('versions')).toEqual({ outcome: 'passed', output: '' });
  });

  test('an address of download is found', async () => {
    changeLock((packages) => {
      packages['node_modules/zod']!.resolved = 'https://registry.example/zod.tgz';
    });
    expect((await house.check('lock-file')).output).toBe(
      'node_modules/zod: names where it was downloaded from',
    );
  });

  test('a package without integrity is found', async () => {
    changeLock((packages) => {
      delete packages['node_modules/zod']!.integrity;
    });
    expect((await house.check('lock-file')).output).toBe('node_modules/zod: has no integrity');
  });

  test('a package that another one needs and that is not listed is found', async () => {
    changeLock((packages) => {
      delete packages['node_modules/@biomejs/cli-darwin-arm64'];
    });
    expect((await house.check('lock-file')).output).toBe(
      'node_modules/@biomejs/biome: needs @biomejs/cli-darwin-arm64, which is not listed',
    );
  });

  test.each([
    ['node_modules/ws', '8.21.0'],
    ['node_modules/engine.io-client/node_modules/ws', '7.5.10'],
    ['node_modules/axios', '1.14.1'],
    ['node_modules/express', '5.2.9'],
    ['node_modules/qs', '6.14.1'],
    ['node_modules/path-to-regexp', '0.1.12'],
    ['node_modules/undici', '7.29.1-rc.1'],
    ['node_modules/ip', '2.0.1'],
  ])('%s %s is below its floor', async (place, version) => {
    changeLock((packages) => {
      packages[place] = { version };
    });
    const { outcome, output } = await house.check('versions');
    expect(outcome).toBe('failed');
    expect(output).toContain(`${place} is ${version}`);
  });

  test.each([
    ['node_modules/undici', '7.29.1'],
    ['node_modules/undici', '9.0.0'],
    ['node_modules/path-to-regexp', '0.1.13'],
  ])('%s %s is not', async (place, version) => {
    changeLock((packages) => {
      packages[place] = { version };
    });
    expect((await house.check('versions')).outcome).toBe('passed');
  });
});
