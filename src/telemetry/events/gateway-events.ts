import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { createQuota } from '../quota.js';

interface Connected {
  workspaceId: string;
  /** The agent's or the key's id. */
  principal: string;
  socketId: string;
}

export interface GatewayEvents {
  socketConnected(line: Connected & { transport: string; replayed: boolean }): void;
  /** `reason`: the client's going, or ours (token_expired, token_invalid, slow_consumer …). */
  socketCut(line: Connected & { reason: string; seconds: number }): void;
  socketRefused(line: { code: string }): void;
  commandAnswered(line: Connected & { command: string; outcome: string; milliseconds: number }): void;
  /** Facts on their way to sockets; the hot path, a counter only. */
  factsSent(count: { facts: number; sockets: number; how: 'live' | 'catch_up' }): void;
}

export function createGatewayEvents(log: Log, metrics: Metrics): GatewayEvents {
  const sockets = metrics.counter('sockets_total', 'Sockets by how they began and ended', ['outcome']);
  const commands = metrics.timer('socket_command', 'Commands over sockets', ['command', 'outcome']);
  const facts = metrics.counter('facts_sent_total', 'Facts sent to sockets, each socket counted', ['how']);
  const quota = createQuota();
  return {
    socketConnected(line) {
      sockets({ outcome: 'connected' });
      if (log.isDebug) log.debug('socket.connected', line);
    },
    socketCut(line) {
      sockets({ outcome: 'cut' });
      if (log.isDebug) log.debug('socket.cut', line);
    },
    socketRefused(line) {
      sockets({ outcome: line.code });
      quota((unsaid) => log.info('socket.refused', { ...line, unsaid }));
    },
    commandAnswered(line) {
      commands({ command: line.command, outcome: line.outcome }, line.milliseconds);
      if (log.isDebug) log.debug('command.answered', line);
    },
    factsSent(count) {
      facts({ how: count.how }, count.facts * count.sockets);
    },
  };
}
