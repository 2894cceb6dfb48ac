import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checks } from '../check/checks.mjs';

const project = path.resolve('.');
const settings = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'biome.json',
  'eslint.config.js',
  '.dependency-cruiser.cjs',
  'knip.json',
  '.gitignore',
  'scripts',
];

export type CheckAnswer = { outcome: string; output: string };

/** A small tree under the project's own rules, to plant violations in. */
export function createSmallHouse() {
  const root = mkdtempSync(path.join(os.tmpdir(), 'small-house-'));
  for (const name of settings) {
    cpSync(path.join(project, name), path.join(root, name), {
      recursive: true,
      filter: (file) => !file.includes(`${path.sep}scripts${path.sep}test`),
    });
  }
  symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
  execFileSync('git', ['init', '--quiet'], { cwd: root });

  return {
    root,
    /** Copies a file or folder of the project as it is. */
    take(name: string): void {
      cpSync(path.join(project, name), path.join(root, name), { recursive: true });
    },
    read: (name: string): string => readFileSync(path.join(root, name), 'utf8'),
    write(name: string, content: string): void {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), content);
    },
    remove(name: string): void {
      rmSync(path.join(root, name), { recursive: true, force: true });
    },
    async check(name: string): Promise<CheckAnswer> {
      const check = checks.find((candidate) => candidate.name === name);
      if (!check) throw new Error(`no check is called ${name}`);
      const { outcome, output } = await check.run(root);
      return { outcome, output: output ?? '' };
    },
    pullDown(): void {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
