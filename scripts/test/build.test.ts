import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSmallHouse } from './small-house.js';

// The first build of a house calls Prisma's generator and the compiler.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let house: ReturnType<typeof createSmallHouse>;

beforeEach(() => {
  house = createSmallHouse();
  house.take('prisma/schema.prisma');
  house.take('prisma.config.ts');
  house.write('src/main.ts', "import { greeting } from './desk/greeting.js';\nconsole.log(greeting);\n");
  house.write('src/desk/greeting.ts', "export const greeting: string = 'good day';\n");
  house.write('src/cli/main.ts', '#!/usr/bin/env node\n');
  house.write('src/wotnot/index.ts', 'export const wotnot: number = 1;\n');
  house.write('src/client/index.ts', 'export const client: number = 2;\n');
  house.write(
    'console/main.tsx',
    "import './main.css';\nconst place = <p>console</p>;\nconsole.log(place);\n",
  );
  house.write('console/main.css', 'p { color: red }\n');
  house.write('console/index.html', '<html></html>\n');
  house.write('src/sandbox/visitor-page/main.tsx', 'console.log(<p>visitor</p>);\n');
});

afterEach(() => house.pullDown());

async function build(...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/build.mjs', ...options], {
    cwd: house.root,
  });
  return stdout;
}

async function run(program: string): Promise<string> {
  return (await promisify(execFile)(process.execPath, [program], { cwd: house.root })).stdout;
}

const built = (name: string): string => path.join(house.root, 'dist', name);

test('a build runs, has pages and declarations, and a second one finds nothing to do', async () => {
  await build();
  expect(await run('dist/src/main.js')).toBe('good day\n');
  for (const file of [
    'console/main.js',
    'console/main.css',
    'console/index.html',
    'src/store/generated/client.js',
  ]) {
    expect(existsSync(built(file)), file).toBe(true);
  }
  expect(readFileSync(built('src/sandbox/visitor-page/main.js'), 'utf8')).toContain('visitor');
  expect(readFileSync(built('types/src/client/index.d.ts'), 'utf8')).toBe(
    'export declare const client: number;\n',
  );
  expect(statSync(built('src/cli/main.js')).mode & 0o111).toBe(0o111);

  expect(await build('--quiet')).toMatch(/^build: up to date \(\d\.\d s\).*\n$/);

  house.write('src/desk/greeting.ts', "export const greeting: string = 'good evening';\n");
  expect(await build('--quiet')).toContain('build: server (');
  expect(await run('dist/src/main.js')).toBe('good evening\n');

  house.write('console/index.html', '<html lang="en"></html>\n');
  expect(await build('--quiet')).toContain('build: console (');

  house.write('src/main.ts', "console.log('alone');\n");
  house.remove('src/desk');
  await build('--quiet');
  expect(existsSync(built('src/desk/greeting.js'))).toBe(false);
});

test('two builds at once both end well, and leave one whole build', async () => {
  const outputs = await Promise.all([build('--quiet'), build('--quiet'), build('--quiet')]);
  expect(outputs.filter((output) => output.includes('server'))).toHaveLength(1);
  expect(await run('dist/src/main.js')).toBe('good day\n');
  expect(await build('--quiet')).toContain('up to date');
});

test('a source that does not parse fails the build by name', async () => {
  house.write('src/desk/greeting.ts', 'export const = 1;\n');
  await expect(build('--quiet')).rejects.toThrow('greeting.ts');
});

describe('a built program', () => {
  beforeEach(async () => {
    house.write(
      'src/main.ts',
      `import { writeFileSync } from 'node:fs';
process.on('SIGTERM', () => {
  writeFileSync('ended', '');
  process.exit(7);
});
setInterval(() => undefined, 1_000);
console.log('started');
`,
    );
    await build('--quiet');
  });

  test('receives the signal that is sent to its starter, and answers with its own exit status', async () => {
    const child = execFile(process.execPath, ['scripts/run.mjs', 'dist/src/main.js'], { cwd: house.root });
    await started(child);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(7);
    expect(existsSync(path.join(house.root, 'ended'))).toBe(true);
  });

  test('is not left behind when npm alone is stopped', async () => {
    const child = execFile('npm', ['start', '--silent'], { cwd: house.root });
    await started(child);
    child.kill('SIGTERM');
    await vi.waitFor(() => expect(existsSync(path.join(house.root, 'ended'))).toBe(true), 10_000);
  });
});

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk: Buffer | string) => {
      if (chunk.toString().includes('started')) resolve();
    });
  });
}
