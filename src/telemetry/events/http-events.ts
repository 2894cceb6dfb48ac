import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

export interface HttpEvents {
  /** `route` is the pattern, never the path itself. */
  requestServed(line: {
    requestId: string;
    method: string;
    route: string;
    status: number;
    milliseconds: number;
    workspaceId?: string;
    principal?: string;
    code?: string;
  }): void;
  /** A surprise; `stack` holds places in the code. */
  requestFailed(line: {
    requestId: string;
    method: string;
    route: string;
    name: string;
    code?: string;
    stack: string;
  }): void;
}

export function createHttpEvents(log: Log, metrics: Metrics): HttpEvents {
  const served = metrics.timer('request', 'API requests by route and status', ['method', 'route', 'status']);
  const failed = metrics.counter('request_failures_total', 'Requests that met a surprise', ['route']);
  return {
    requestServed(line) {
      served({ method: line.method, route: line.route, status: String(line.status) }, line.milliseconds);
      if (line.status === 401 || line.status === 403) log.info('request.refused', line);
      else if (log.isDebug) log.debug('request.served', line);
    },
    requestFailed(line) {
      failed({ route: line.route });
      const { stack, name, code, ...rest } = line;
      log.error('request.failed', { ...rest, error: errorOf(name, code, stack) });
    },
  };
}

/** As an error again, so that the log treats it like every other one. */
function errorOf(name: string, code: string | undefined, stack: string): Error {
  const error = new Error('');
  error.name = name;
  error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
