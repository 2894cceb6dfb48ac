import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

export interface ProcessEvents {
  processStarted(line: {
    version: string;
    /** Where it listens. */
    address: string;
    roles: readonly string[];
    database: string;
    milliseconds: number;
  }): void;
  processStopping(line: { reason: string }): void;
  processStopped(line: { milliseconds: number; inTime: boolean }): void;
  configWarned(line: { warning: string }): void;
  migrationsApplied(line: { names: readonly string[]; milliseconds: number }): void;
  /** The timer found work that a nudge should have told of. */
  sweepFound(line: { room: string; found: number }): void;
  /** A workspace was cleared of what is old; `isDone`: of all of it. */
  workspaceCleared(line: {
    workspaceId: string;
    removed: Readonly<Record<string, number>>;
    milliseconds: number;
    isDone: boolean;
  }): void;
  /** The channel that carries nudges between processes. */
  nudgesChanged(line: { state: 'listening' | 'lost' }): void;
  databaseUnavailable(line: { room: string; error: unknown }): void;
  /** What nobody caught. */
  surprised(line: { where: string; error: unknown }): void;
}

export function createProcessEvents(log: Log, metrics: Metrics): ProcessEvents {
  const sweeps = metrics.counter('sweep_finds_total', 'Work that was found by a timer, not by a nudge', [
    'room',
  ]);
  const outages = metrics.counter('database_unavailable_total', 'Times the database could not be reached', [
    'room',
  ]);
  const cleared = metrics.counter('rows_cleared_total', 'Rows that were deleted because of their age', [
    'table',
  ]);
  const surprises = metrics.counter('surprises_total', 'Exceptions that nobody caught', ['where']);
  return {
    processStarted: (line) => log.info('process.started', line),
    processStopping: (line) => log.info('process.stopping', line),
    processStopped: (line) => log.info('process.stopped', line),
    configWarned: (line) => log.warn('config.warned', line),
    migrationsApplied: (line) => log.info('migrations.applied', line),
    nudgesChanged: (line) => log.info('nudges.changed', line),
    sweepFound(line) {
      sweeps({ room: line.room }, line.found);
      if (line.found > 0 && log.isDebug) log.debug('sweep.found', line);
    },
    workspaceCleared({ removed, ...line }) {
      const rows = Object.values(removed).reduce((sum, count) => sum + count, 0);
      for (const [table, count] of Object.entries(removed)) cleared({ table }, count);
      if (rows > 0 || !line.isDone) log.info('workspace.cleared', { ...line, rows, ...removed });
    },
    databaseUnavailable(line) {
      outages({ room: line.room });
      log.error('database.unavailable', line);
    },
    surprised(line) {
      surprises({ where: line.where });
      log.error('surprise', line);
    },
  };
}
