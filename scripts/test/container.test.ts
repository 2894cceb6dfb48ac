import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { environmentTable } from '../../src/config/env.js';

const dockerfile = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ');
const stages = dockerfile.split(/^(?=FROM )/m).filter((stage) => stage.startsWith('FROM '));
const last = stages.at(-1) ?? '';
const compose = readFileSync('compose.yaml', 'utf8');

/** The lines of one service of compose.yaml. */
function service(name: string): string {
  const block = new RegExp(`^  ${name}:\\n((?:(?: {4}.*)?\\n)+)`, 'm').exec(compose)?.[1];
  if (block === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return block;
}

test('the image runs as another user than root, with production libraries only', () => {
  expect(last).toMatch(/^USER node$/m);
  expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('CMD ["node", "dist/src/main.js"]'));
  expect(last).toContain('COPY --from=libraries /app/node_modules');
  expect(stages.find((stage) => / AS libraries\n/.test(stage))).toContain('npm ci --omit=dev');
});

test('what the image copies from the tree is there, and .dockerignore lets it in', () => {
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, names]) => names?.split(' ') ?? [])
    .filter((name) => name !== '.');
  expect(copied).toContain('prisma');
  for (const name of copied) {
    expect(existsSync(name), name).toBe(true);
    expect(ignored, name).toContain(`!${name}`);
  }
  expect(ignored).toContain('*');
});

test('the command line is in the image under its name, as what package.json says it is', () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
  expect(last).toContain(`ln -s /app/${bin['desk-bridge'] ?? ''} /usr/local/bin/desk-bridge`);
});

test.each([
  [200, 0],
  [503, 1],
])('the health probe of the image, answered %i, ends with %i', async (answered, ended) => {
  const probe = /HEALTHCHECK .*CMD \["node", "-e", "(.*)"\]/.exec(last)?.[1] ?? '';
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(answered).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['-e', probe], { env: { PORT: String(port) } });
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(ended);
  expect(asked).toEqual(['/health/live']);
  await new Promise((resolve) => server.close(resolve));
});

test('what the image and compose.yaml set is in the table of the environment', () => {
  const known = new Set<string>(environmentTable.map(({ name }) => name));
  const inImage = [...(/ENV (.*)/.exec(last)?.[1] ?? '').matchAll(/([A-Z_]+)=/g)].map(([, name]) => name);
  const inCompose = [...service('bridge').matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name]) => name);
  expect(inImage).toContain('DATA_DIR');
  expect(inCompose).toContain('SECRET_KEY');
  const unknown = [...inImage, ...inCompose].filter(
    (name) => !known.has(name ?? '') && name !== 'NODE_OPTIONS',
  );
  expect(unknown).toEqual([]);
});

test.each(['bridge', 'postgres'])('%s is confined', (name) => {
  const block = service(name);
  expect(block).toContain('read_only: true');
  expect(block).toContain('cap_drop: [ALL]');
  expect(block).toContain("security_opt: ['no-new-privileges:true']");
  expect(block).toMatch(/tmpfs:\n {6}- \/tmp/);
  expect(block).not.toContain('privileged: true');
});

test('secrets come from outside: none has a default, and the database has no port to the host', () => {
  for (const name of ['POSTGRES_PASSWORD', 'SECRET_KEY']) {
    const uses = [...compose.matchAll(new RegExp(`\\$\\{${name}([^}]*)\\}`, 'g'))].map(([, rest]) => rest);
    expect(uses.length).toBeGreaterThan(0);
    for (const rest of uses) expect(rest).toMatch(/^:\?/);
  }
  expect(service('postgres')).not.toContain('ports:');
  expect(service('postgres')).toContain('pg_isready');
  expect(service('bridge')).toContain('condition: service_healthy');
});
