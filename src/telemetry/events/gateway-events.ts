import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { createQuota } from '../quota.js';

interface Connected {
  workspaceId: string;
  /** The agent's or the key's id. */
  principal: string;
}

export interface GatewayEvents {
  socketConnected(line: Connected & { address: string }): void;
  /** The client went. */
  socketClosed(line: Connected & { reason: string }): void;
  /** We ended it: revoked, expired, too slow, too many packets. */
  socketCut(line: Connected & { reason: string }): void;
  socketRefused(line: { code: string; address: string }): void;
  commandAnswered(line: { workspaceId: string; name: string; outcome: string; milliseconds: number }): void;
  /** Facts on their way to sockets; the hot path, a counter only. */
  factsSent(line: { workspaceId: string; facts: number; sockets: number; milliseconds: number }): void;
  /** `during`: what was under way, never what it carried. */
  gatewayFailed(line: { during: string; workspaceId?: string; error: unknown }): void;
}

export function createGatewayEvents(log: Log, metrics: Metrics): GatewayEvents {
  const sockets = metrics.counter('sockets_total', 'Sockets by how they began and ended', ['outcome']);
  const commands = metrics.timer('socket_command', 'Commands over sockets', ['command', 'outcome']);
  const facts = metrics.counter('facts_sent_total', 'Facts sent to sockets, each socket counted', []);
  const fanOut = metrics.timer(
    'fan_out',
    'Reading, presenting and sending facts to the sockets of a workspace',
    [],
  );
  const failures = metrics.counter('gateway_failures_total', 'Surprises in the gateway', ['during']);
  const quota = createQuota();
  return {
    socketConnected(line) {
      sockets({ outcome: 'connected' });
      if (log.isDebug) log.debug('socket.connected', line);
    },
    socketClosed(line) {
      sockets({ outcome: 'closed' });
      if (log.isDebug) log.debug('socket.closed', line);
    },
    socketCut(line) {
      sockets({ outcome: 'cut' });
      log.info('socket.cut', line);
    },
    socketRefused(line) {
      sockets({ outcome: line.code });
      quota((unsaid) => log.info('socket.refused', { ...line, unsaid }));
    },
    commandAnswered(line) {
      commands({ command: line.name, outcome: line.outcome }, line.milliseconds);
      if (log.isDebug) log.debug('command.answered', line);
    },
    factsSent(line) {
      facts({}, line.facts * line.sockets);
      fanOut({}, line.milliseconds);
      if (log.isDebug) log.debug('facts.sent', line);
    },
    gatewayFailed(line) {
      failures({ during: line.during });
      log.error('gateway.failed', line);
    },
  };
}
