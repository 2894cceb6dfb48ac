import { createEvents, type Events } from './events/events.js';
import { createLogBook, type Log, type LogLevel } from './log.js';
import { createMetrics } from './metrics.js';
import { createRedactor } from './redact.js';

/** What the process tells of itself. */
export interface Telemetry {
  /** The log of a room, for what has no event of its own. Fields are ids, numbers and codes. */
  logger(room: string): Log;
  /** One helper per business event; it writes log and metric together. */
  events: Events;
  /** A number that is read whenever metrics are asked for: how much is waiting, how many are connected. */
  watch(name: string, meaning: string, read: () => number | Promise<number>): void;
  /** The answer of /metrics, in Prometheus' text format. */
  metrics(): Promise<{ contentType: string; text: string }>;
  /** Writes out what is still on its way. */
  close(): Promise<void>;
}

export interface TelemetryOptions {
  log: { level: LogLevel; format: 'json' | 'pretty' };
  /** What must not occur in any line, whoever wrote it. */
  secretValues: readonly string[];
  /** Standard output unless said otherwise. */
  to?: 'stdout' | 'stderr' | ((line: string) => void);
  /** Memory, event loop and garbage collection of the process among the metrics. */
  processMetrics?: boolean;
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const book = createLogBook(
    { ...options.log, to: options.to ?? 'stdout' },
    createRedactor(options.secretValues),
  );
  const metrics = createMetrics({ withProcess: options.processMetrics ?? true });
  return {
    logger: (room) => book.logger(room),
    events: createEvents((room) => book.logger(room), metrics),
    watch: (name, meaning, read) => metrics.watch(name, meaning, read),
    metrics: () => metrics.read(),
    close: () => book.close(),
  };
}
