import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The package's version; the file lies at its root, above the sources as above the build. */
export const version = readVersion(import.meta.dirname);

function readVersion(directory: string): string {
  const file = path.join(directory, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  const above = path.dirname(directory);
  return above === directory ? 'unknown' : readVersion(above);
}
