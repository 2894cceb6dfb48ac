import path from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, expect, test } from 'vitest';
import { createSmallHouse } from './small-house.js';

const house = createSmallHouse();

afterAll(() => house.pullDown());

const outcome = `type Outcome = { outcome: 'sent' } | { outcome: 'refused' };
declare const answer: Outcome;
`;
const readEnvironment = 'export const port = process.env.PORT;\n';
const openScope = `declare const WorkspaceScope: { open(id: string): object };
export const scope = WorkspaceScope.open('a');
`;
const fetchPage = `export async function load(): Promise<number> {
  return (await fetch('http://127.0.0.1/')).status;
}
`;
const print = "console.log('hello');\n";

/** Each: where it is planted, what, and the rule that speaks. */
const violations: [file: string, content: string, rule: string][] = [
  ['src/desk/a1.ts', 'async function send() {}\nsend();\n', '@typescript-eslint/no-floating-promises'],
  ['src/desk/a2.ts', 'process.on("exit", async () => {});\n', '@typescript-eslint/no-misused-promises'],
  [
    'src/desk/a3.ts',
    `${outcome}switch (answer.outcome) {\n  case 'sent':\n    break;\n}\n`,
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  ['src/desk/a4.ts', 'export function read(value: any): void {}\n', '@typescript-eslint/no-explicit-any'],
  [
    'src/desk/a5.ts',
    "export const name: string = JSON.parse('1');\n",
    '@typescript-eslint/no-unsafe-assignment',
  ],
  [
    'src/desk/a6.ts',
    "export const name = JSON.parse('1').name as string;\n",
    '@typescript-eslint/no-unsafe-member-access',
  ],
  [
    'src/desk/a7.ts',
    "import { Server } from 'node:net';\nexport type S = Server;\n",
    '@typescript-eslint/consistent-type-imports',
  ],
  [
    'src/store/a1.ts',
    'export const run = (db: { $queryRawUnsafe(sql: string): void }) => db.$queryRawUnsafe("");\n',
    'no-restricted-syntax',
  ],
  [
    'src/connections/a1.ts',
    'export const run = (db: { $executeRawUnsafe(sql: string): void }) => db.$executeRawUnsafe("");\n',
    'no-restricted-syntax',
  ],
  ['src/http/a1.ts', fetchPage, 'no-restricted-syntax'],
  ['console/a1.ts', fetchPage, 'no-restricted-syntax'],
  ['src/http/a2.ts', print, 'no-console'],
  ['src/http/a3.ts', readEnvironment, 'no-restricted-syntax'],
  ['src/wotnot/a2.ts', readEnvironment, 'no-restricted-syntax'],
  ['src/store/a2.ts', readEnvironment, 'no-restricted-syntax'],
  [
    'src/http/a4.ts',
    "import { env } from 'node:process';\nexport const port = env.PORT;\n",
    'no-restricted-imports',
  ],
  ['src/desk/a8.ts', openScope, 'no-restricted-syntax'],
  ['src/connectors/zendesk/a1.ts', openScope, 'no-restricted-syntax'],
];

const sound: [file: string, content: string][] = [
  ['src/config/env.ts', readEnvironment],
  ['src/access/a.ts', openScope],
  ['src/intake/a.ts', openScope],
  ['src/wotnot/a.ts', fetchPage],
  ['src/connectors/zendesk/a.ts', fetchPage],
  ['src/client/a.ts', fetchPage],
  ['src/cli/a.ts', print],
  ['src/main.ts', print],
];

test('each ban speaks where it holds, and only there', async () => {
  house.take('console/tsconfig.json');
  for (const [file, content] of [...violations, ...sound]) house.write(file, content);
  const files = [...violations, ...sound].map(([file]) => file);
  const results = await new ESLint({ cwd: house.root }).lintFiles(files);
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId }) => `${path.relative(house.root, filePath)}: ${ruleId}`),
  );
  expect(found).toEqual(expect.arrayContaining(violations.map(([file, , rule]) => `${file}: ${rule}`)));
  const soundFiles = sound.map(([file]) => file);
  expect(found.filter((line) => soundFiles.includes(line.split(':')[0] ?? ''))).toEqual([]);
}, 120_000);
