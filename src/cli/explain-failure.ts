import { CommandError } from './command-error.js';

/** A sentence for whoever typed the command; undefined for a surprise, which is shown with its stack. */
export function explainFailure(error: unknown): string | undefined {
  if (error instanceof CommandError) return error.message;
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'DirectoryInUseError' || error.name === 'MigrationsWaitingError') return error.message;
  for (const code of codesOf(error)) {
    const sentence = SENTENCES[code];
    if (sentence !== undefined) return sentence(error);
  }
  return undefined;
}

const SENTENCES: Record<string, (error: Error) => string> = {
  EADDRINUSE: (error) =>
    `${placeOf(error)} is taken by another program. Set PORT (or SANDBOX_PORT) to a free one.`,
  EACCES: (error) => `${placeOf(error)}: this user may not use it.`,
  DatabaseNotReachable: () => 'The database cannot be reached at the host and port in DATABASE_URL.',
  ECONNREFUSED: () => 'The database cannot be reached: nothing listens where DATABASE_URL points.',
  ENOTFOUND: () => 'The database cannot be reached: the host in DATABASE_URL is not known.',
  ETIMEDOUT: () => 'The database cannot be reached: its host does not answer.',
  '28P01': () => 'The database refused the user or password in DATABASE_URL.',
  '28000': () => 'The database refused the user in DATABASE_URL.',
  '3D000': () => 'The database in DATABASE_URL does not exist: create it first.',
  '53300': () =>
    'The database has no connection left: raise its max_connections or lower DATABASE_POOL_SIZE.',
};

/** The error's own codes and those of what caused it: database clients wrap them deep. */
function codesOf(error: Error): string[] {
  const codes: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth += 1) {
    const { code, originalCode, kind, cause, meta, errors } = current as Record<string, unknown>;
    for (const found of [code, originalCode, kind]) if (typeof found === 'string') codes.push(found);
    const hidden = (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
    current = cause ?? hidden ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return codes;
}

function placeOf(error: Error): string {
  const { address, port, path } = error as { address?: string; port?: number; path?: string };
  if (port !== undefined) return `Port ${port}${address === undefined ? '' : ` of ${address}`}`;
  return path ?? 'The address';
}
