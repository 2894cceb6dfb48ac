import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type KeyReading, parseKey } from './parse-key.js';

/** The key that lies beside the embedded database; made by the first start, readable by its owner only. */
export function keepSecretKey(dataDirectory: string): KeyReading {
  const file = path.join(dataDirectory, 'secret.key');
  try {
    return judged(file, readOrCreate(dataDirectory, file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return {
      outcome: 'mistaken',
      mistake: `cannot be kept in ${file} (${code}): set it, or make DATA_DIR writable`,
    };
  }
}

function readOrCreate(dataDirectory: string, file: string): string {
  const found = read(file);
  if (found !== undefined) return found;
  mkdirSync(dataDirectory, { recursive: true });
  // A link is made whole or not at all, and never over another: of two first starts one wins and both agree.
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function judged(file: string, text: string): KeyReading {
  const key = parseKey(text.trim());
  return key.outcome === 'parsed'
    ? key
    : {
        outcome: 'mistaken',
        mistake: `in ${file} ${key.mistake}. What it encrypted cannot be read without it`,
      };
}
