/** SQLSTATE classes that say the server is away, going away or full, and not that we asked something wrong. */
const AWAY = /^(08|53|57P0|57014|25P03|55P03|40001|40P01)/u;
const AWAY_CODES = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'embedded_database_gone',
]);

/** Whether it says that there is no room: on its disk, or in memory. */
export function isOutOfRoom(error: unknown): boolean {
  for (let cause = error, depth = 0; depth < 6 && typeof cause === 'object' && cause !== null; depth += 1) {
    const { code, originalCode, message } = cause as Record<string, unknown>;
    if ([code, originalCode].some((value) => value === '53100' || value === '53200' || value === 'ENOSPC'))
      return true;
    if (typeof message === 'string' && /No space left on device/iu.test(message)) return true;
    cause = nextCause(cause as Record<string, unknown>);
  }
  return false;
}

/** Whether an exception of the store says that the database cannot be reached or is overwhelmed just now. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause = error, depth = 0; depth < 6 && typeof cause === 'object' && cause !== null; depth += 1) {
    const { code, originalCode, kind, message } = cause as Record<string, unknown>;
    if (
      [code, originalCode].some(
        (value) => typeof value === 'string' && (AWAY_CODES.has(value) || AWAY.test(value)),
      )
    )
      return true;
    if (
      typeof kind === 'string' &&
      /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections)$/u.test(kind)
    )
      return true;
    if (
      typeof message === 'string' &&
      /(Connection terminated|connection timeout|timeout exceeded when trying to connect|Query read timeout|Can't reach database)/iu.test(
        message,
      )
    ) {
      return true;
    }
    cause = nextCause(cause as Record<string, unknown>);
  }
  return false;
}

/** Prisma hides the driver's error in `meta.driverAdapterError`. */
function nextCause(error: Record<string, unknown>): unknown {
  if (error.cause !== undefined) return error.cause;
  const { meta } = error;
  return typeof meta === 'object' && meta !== null
    ? (meta as Record<string, unknown>).driverAdapterError
    : undefined;
}
