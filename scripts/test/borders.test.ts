import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSmallHouse } from './small-house.js';

type Violation = { from: string; to: string; rule: { name: string } };

/** What the design allows, one file a room. */
const sound: Record<string, string[]> = {
  'src/domain/a.ts': [],
  'src/contract/index.ts': ['zod', '../domain/a.js'],
  'src/config/env.ts': ['zod', 'node:fs'],
  'src/telemetry/a.ts': ['winston', 'prom-client'],
  'src/store/a.ts': ['pg', '@prisma/client/runtime/client', '@electric-sql/pglite', '../domain/a.js'],
  'src/store/scope.ts': [],
  'src/wotnot/index.ts': ['zod', 'axios'],
  'src/connectors/connector.ts': ['../domain/a.js'],
  'src/connectors/http-client.ts': ['axios', 'ipaddr.js'],
  'src/connectors/zendesk/index.ts': ['zod', '../connector.js', '../http-client.js', '../../domain/a.js'],
  'src/connectors/wotnot/index.ts': ['../../wotnot/index.js', '../connector.js'],
  'src/access/a.ts': ['../store/scope.js', '../domain/a.js'],
  'src/intake/a.ts': ['../store/scope.js', '../connectors/connector.js'],
  'src/projection/a.ts': ['../store/a.js', 'type ../store/scope.js'],
  'src/desk/a.ts': ['../store/a.js', '../access/a.js'],
  'src/connections/a.ts': ['../connectors/connector.js', '../access/a.js'],
  'src/delivery/a.ts': ['../connectors/connector.js', '../store/a.js'],
  'src/gateway/a.ts': ['socket.io', '../contract/index.js', '../desk/a.js', '../store/a.js'],
  'src/http/a.ts': ['express', 'helmet', '../contract/index.js', '../desk/a.js', '../intake/a.js'],
  'src/client/index.ts': ['axios', 'socket.io-client', '../contract/index.js'],
  'src/sandbox/index.ts': ['express', '../wotnot/index.js'],
  'src/sandbox/visitor-page/main.tsx': ['preact'],
  'src/app.ts': ['./http/a.js', './connectors/zendesk/index.js', './gateway/a.js'],
  'src/cli/main.ts': ['commander', '../app.js', '../config/env.js', '../sandbox/index.js'],
  'src/main.ts': ['./app.js', './config/env.js'],
  'console/main.tsx': ['preact', '@preact/signals', '../src/client/index.js', '../src/contract/index.js'],
};

/** The planted trespasses: who imports what, and the border that must stop it. */
const trespasses: [file: string, imported: string, rule: string][] = [
  ['src/domain/x1.ts', 'zod', 'domain-libraries'],
  ['src/domain/x2.ts', '../contract/index.js', 'domain-neighbours'],
  ['src/domain/x3.ts', 'node:crypto', 'domain-builtins'],
  ['src/contract/x1.ts', '../store/a.js', 'contract-neighbours'],
  ['src/config/x1.ts', '../telemetry/a.js', 'config-neighbours'],
  ['src/store/x1.ts', '../desk/a.js', 'store-neighbours'],
  ['src/wotnot/x1.ts', '../domain/a.js', 'wotnot-neighbours'],
  ['src/connectors/zendesk/x1.ts', '../wotnot/index.js', 'connector-neighbours'],
  ['src/connectors/zendesk/x2.ts', '../../store/a.js', 'connector-neighbours'],
  ['src/connectors/zendesk/x3.ts', '../../wotnot/index.js', 'connector-neighbours'],
  ['src/connectors/zendesk/x4.ts', 'axios', 'connectors-libraries'],
  ['src/connectors/wotnot/x1.ts', '../zendesk/index.js', 'connector-wotnot-neighbours'],
  ['src/connectors/registry.ts', './zendesk/index.js', 'connector-port-neighbours'],
  ['src/access/x1.ts', '../desk/a.js', 'access-neighbours'],
  ['src/access/x2.ts', 'pg', 'access-libraries'],
  ['src/intake/x1.ts', '../connectors/zendesk/index.js', 'intake-neighbours'],
  ['src/projection/x1.ts', '../delivery/a.js', 'projection-neighbours'],
  ['src/projection/x2.ts', '../store/scope.js', 'open-scope'],
  ['src/desk/x1.ts', '../connectors/connector.js', 'desk-neighbours'],
  ['src/desk/x2.ts', 'winston', 'desk-libraries'],
  ['src/desk/x3.ts', '../store/generated/client.js', 'generated-client'],
  ['src/connections/x1.ts', '../delivery/a.js', 'connections-neighbours'],
  ['src/delivery/x1.ts', '../access/a.js', 'delivery-neighbours'],
  ['src/gateway/x1.ts', '../http/a.js', 'gateway-neighbours'],
  ['src/gateway/x2.ts', 'express', 'gateway-libraries'],
  ['src/http/x1.ts', '../store/a.js', 'http-neighbours'],
  ['src/http/x2.ts', 'socket.io', 'http-libraries'],
  ['src/client/x1.ts', '../domain/a.js', 'client-neighbours'],
  ['src/sandbox/x1.ts', '../domain/a.js', 'sandbox-neighbours'],
  ['src/sandbox/visitor-page/x1.tsx', '../index.js', 'sandbox/visitor-page-neighbours'],
  ['src/telemetry/x1.ts', '../domain/a.js', 'telemetry-neighbours'],
  ['src/cli/x1.ts', '../store/a.js', 'cli-neighbours'],
  ['src/attic/x1.ts', '../domain/a.js', 'unknown-room'],
  ['src/client/x2.ts', 'playwright-core', 'development-library'],
  ['src/desk/x4.ts', './nowhere.js', 'unresolved'],
  ['console/x1.ts', '../src/domain/a.js', 'console-neighbours'],
  ['console/x2.ts', 'axios', 'console-libraries'],
  ['console/x3.ts', 'node:fs', 'console-builtins'],
];

const house = createSmallHouse();

beforeAll(() => {
  for (const [name, imported] of Object.entries(sound)) house.write(name, sourceOf(imported));
  house.write('src/store/generated/client.ts', 'export const name = 1;\n');
});

afterAll(() => house.pullDown());

function sourceOf(imported: string[]): string {
  const lines = imported.map((name, index) =>
    name.startsWith('type ')
      ? `import type * as i${index} from '${name.slice(5)}';\nexport type T${index} = typeof i${index};`
      : `import * as i${index} from '${name}';\nconsole.log(i${index});`,
  );
  return [...lines, 'export const name = 1;', ''].join('\n');
}

function violations(): Violation[] {
  const cruiser = path.join('node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const options = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'console'];
  const output = execFileSync(process.execPath, [cruiser, ...options], { cwd: house.root, encoding: 'utf8' });
  return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
}

test('what the design allows is allowed', () => {
  expect(violations().map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
});

test('what it does not allow is found, each trespass by its own border', () => {
  for (const [file, imported] of trespasses) house.write(file, sourceOf([imported]));
  house.write('src/attic/x1.ts', sourceOf(['../domain/a.js']));
  house.write('src/domain/x4.ts', sourceOf(['../attic/x1.js']));
  house.write('src/delivery/round.ts', sourceOf(['./trip.js']));
  house.write('src/delivery/trip.ts', sourceOf(['./round.js']));
  const found = violations().map(({ from, rule }) => `${from}: ${rule.name}`);
  const expected = trespasses
    .map(([file, , rule]) => (rule === 'unknown-room' ? `src/domain/x4.ts: ${rule}` : `${file}: ${rule}`))
    .concat('src/delivery/round.ts: no-cycles');
  expect(found).toEqual(expect.arrayContaining(expected));
});
