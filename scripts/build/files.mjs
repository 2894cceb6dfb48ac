import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** Every file below `folder`, as sorted paths relative to it with forward slashes; [] when there is no folder. */
export function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name).split(path.sep).join('/'))
    .filter((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile() ?? false)
    .sort();
}

export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/** One hash over the names and contents of every file below the folders. */
export function hashFolders(root, folders) {
  const parts = [];
  for (const folder of folders) {
    for (const name of listFiles(path.join(root, folder))) {
      parts.push(`${folder}/${name}`, readFileSync(path.join(root, folder, name)));
    }
  }
  return hashOf(...parts);
}

/** Replaces a file in one step, so that a process reading it sees the old content or the new, never half. */
export function replaceFile(file, content, mode) {
  mkdirSync(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}.new`;
  writeFileSync(aside, content, mode === undefined ? {} : { mode });
  renameSync(aside, file);
}

export function removeFile(file) {
  rmSync(file, { force: true });
}

/** The stamps of earlier builds: what went in, so that an unchanged part is left alone. */
export function readStamp(root, name) {
  const file = path.join(root, 'dist', '.stamps', `${name}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

export function writeStamp(root, name, stamp) {
  replaceFile(path.join(root, 'dist', '.stamps', `${name}.json`), JSON.stringify(stamp));
}

/** Changes whenever the tools that build, or the scripts that drive them, change. */
export function toolsHash(root) {
  return hashOf(
    readFileSync(path.join(root, 'package-lock.json')),
    readFileSync(path.join(root, 'tsconfig.json')),
    hashFolders(root, ['scripts/build']),
  );
}
