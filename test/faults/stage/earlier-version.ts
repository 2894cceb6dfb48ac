import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from './bridge-process.js';

const run = promisify(execFile);

export interface EarlierVersion {
  commit: string;
  /** Its sources, and what was built of them. */
  tree: string;
  /** The migrations that it does not know. */
  newer: string[];
}

/**
 * Builds the version that was there before the last change of the migrations, or `back` changes before that.
 * @returns a sentence where that cannot be: there is no such history here
 */
export async function buildEarlierVersion(directory: string, back: number): Promise<EarlierVersion | string> {
  const git = async (...given: string[]): Promise<string> => {
    const { stdout } = await run('git', given, { cwd: root, maxBuffer: 1 << 28 });
    return stdout.trim();
  };
  let commit: string;
  let newer: string[];
  try {
    const changes = await git('log', '--format=%H', '-n', String(back + 1), '--', 'prisma/migrations');
    const change = changes.split('\n')[back] ?? '';
    commit = await git('rev-parse', '--short', `${change}^`);
    const added = await git('diff', '--name-only', '--diff-filter=A', commit, '--', 'prisma/migrations');
    newer = added.split('\n').filter((name) => name.endsWith('.sql'));
  } catch {
    return `git knows no version before the last ${back + 1} changes of the migrations`;
  }
  const tree = path.join(directory, `version-${commit}`);
  if (existsSync(tree)) return { commit, tree, newer };
  mkdirSync(tree, { recursive: true });
  const archive = `${tree}.tar`;
  await git('archive', '--output', archive, commit);
  await run('tar', ['-xf', archive, '-C', tree]);
  lendModules(tree);
  await run(process.execPath, ['scripts/build.mjs', '--quiet'], { cwd: tree });
  return { commit, tree, newer };
}

/** Of this module a process has one instance only, and both versions bring their tables up to date in ours. */
const OWN = '@prisma/schema-engine-wasm';

function lendModules(tree: string): void {
  const from = path.join(root, 'node_modules');
  const to = path.join(tree, 'node_modules');
  const [scope = ''] = OWN.split('/');
  mkdirSync(path.join(to, scope), { recursive: true });
  const names = [
    ...readdirSync(from).filter((name) => name !== scope),
    ...readdirSync(path.join(from, scope)).map((name) => `${scope}/${name}`),
  ];
  for (const name of names)
    if (name === OWN) cpSync(path.join(from, name), path.join(to, name), { recursive: true });
    else symlinkSync(path.join(from, name), path.join(to, name));
}
