import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** What the source must not have in it, and where it may. What does not exist needs no test of its own. */
const BANS: [what: string, pattern: RegExp, except: string[]][] = [
  [
    'S-INJ-1: text that becomes code',
    /\beval\s*\(|new\s+Function\s*\(|import\s*\(\s*[^'"`)\s]/u,
    // The engine of migrations, from the package that is installed beside us.
    ['src/store/schema-engine.ts'],
  ],
  ['S-INJ-1: SQL out of text', /RawUnsafe/u, []],
  [
    'S-INJ-1: a program started by a shell',
    /\b(?:execSync|execFile|spawn|spawnSync)\s*\(|shell:\s*true/u,
    [],
  ],
  [
    'S-OUT-7: TLS that does not look at the certificate',
    /rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity/u,
    [],
  ],
  ['S-JWT-4: a token read without being verified', /jsonwebtoken|\bjose\b|jwt\.decode/u, []],
  [
    'S-INJ-5: an archive unpacked or a picture decoded',
    /\bunzip|adm-zip|\byauzl\b|\b(?:gunzip|inflate)Sync\b|\bsharp\b|\bjimp\b/u,
    [],
  ],
  ['S-UI-2: text that becomes markup', /innerHTML|insertAdjacentHTML|document\.write|srcdoc\s*=/u, []],
  ['S-UI-4, S-HTTP-10: a cookie', /document\.cookie|Set-Cookie|\.cookie\s*\(/iu, []],
  ['B18, S-INJ-4: a table for a spreadsheet', /\bcsv\b|tab-separated/iu, []],
  [
    'B49, S-UI-5: a message between windows',
    /postMessage|onmessage|addEventListener\(\s*['"]message['"]/u,
    // Between threads of one process, and of the server's own stream of events.
    [
      'src/store/embedded-worker.ts',
      'src/store/embedded-thread.ts',
      'src/sandbox/visitor-page/chat/open-stream.ts',
    ],
  ],
  [
    'S-UI-7: what outlives the tab',
    /\blocalStorage\b/u,
    // Whether to sound an alert, how far an agent has read (a cursor and ids), and a visitor of the sandbox; a
    // comment that says why not.
    [
      'console/notify/alerting.ts',
      'console/session/keep-place.ts',
      'src/sandbox/visitor-page/chat/visit.ts',
      'console/session/keep-session.ts',
    ],
  ],
  ['S-WS-9: a second namespace or an administration of sockets', /\.of\(\s*['"/]|@socket\.io\/admin/u, []],
];

const root = new URL('../..', import.meta.url).pathname;
const files = ['src', 'console'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/u.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('src/store/generated/')),
);

describe('the source has none of it', () => {
  it('is looked at whole', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files).toEqual(expect.arrayContaining(['src/main.ts', 'console/main.tsx']));
  });

  it.each(BANS)('%s', (_what, pattern, except) => {
    const found = files.filter((name) => pattern.test(readFileSync(path.join(root, name), 'utf8')));
    expect(found.toSorted()).toEqual(except.toSorted());
  });
});
