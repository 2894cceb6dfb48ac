import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** The files that git keeps or would keep: what .gitignore names is left out. */
export async function trackedFiles(root) {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const names = stdout.split('\0').filter((name) => name !== '');
  return [...new Set(names)].filter((name) => isFile(path.join(root, name))).sort();
}

/** Neither a link, nor a file that was removed and is still in the index. */
function isFile(file) {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
