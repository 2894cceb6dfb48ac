import { Writable } from 'node:stream';
import { createLogger, format, transports } from 'winston';
import type { LogFields, Redactor, SafeFields } from './redact.js';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** A room's way to say something: an event's name (`noun.past_tense`), and ids, numbers and codes. */
export interface Log {
  error(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  /** Whether a debug line would be written; saves a hot path the making of one. */
  readonly isDebug: boolean;
}

export interface LogOptions {
  level: LogLevel;
  format: 'json' | 'pretty';
  /** Where lines go: standard output, or standard error where standard output belongs to a command's answer. */
  to: 'stdout' | 'stderr' | ((line: string) => void);
}

export interface LogBook {
  logger(room: string): Log;
  close(): Promise<void>;
}

/** One winston logger per room over one transport; every line passes the redactor. */
export function createLogBook(options: LogOptions, redact: Redactor): LogBook {
  const render = options.format === 'json' ? renderJson : renderPretty;
  const root = createLogger({
    level: options.level,
    format: format.printf((info) => {
      const { level, message, room, fields } = info as unknown as Line;
      return render(new Date(), level, room, message, fields === undefined ? {} : redact(fields));
    }),
    // winston's own types describe its transports as interfaces beside the class that they extend.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    transports: [transportTo(options.to)],
    exitOnError: false,
  });
  const rooms = new Map<string, Log>();
  const isDebug = options.level === 'debug';

  function logger(room: string): Log {
    const known = rooms.get(room);
    if (known) return known;
    const child = root.child({ room });
    const write =
      (level: LogLevel) =>
      (event: string, fields?: LogFields): void => {
        child.log(level, event, { fields });
      };
    const log: Log = {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: isDebug ? write('debug') : () => undefined,
      isDebug,
    };
    rooms.set(room, log);
    return log;
  }

  return {
    logger,
    close: () =>
      new Promise((resolve) => {
        root.once('finish', resolve);
        root.end();
      }),
  };
}

type LineTransport = InstanceType<typeof transports.Console | typeof transports.Stream>;

interface Line {
  level: string;
  message: string;
  room: string;
  fields?: LogFields;
}

function transportTo(to: LogOptions['to']): LineTransport {
  if (to === 'stdout') return new transports.Console();
  if (to === 'stderr') return new transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] });
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      to(line.trimEnd());
      done();
    },
  });
  return new transports.Stream({ stream, eol: '\n' });
}

function renderJson(at: Date, level: string, room: string, event: string, fields: SafeFields): string {
  return JSON.stringify({ at: at.toISOString(), level, room, event, ...fields });
}

function renderPretty(at: Date, level: string, room: string, event: string, fields: SafeFields): string {
  const told = Object.entries(fields).map(([key, value]) => {
    return `${key}=${typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)}`;
  });
  return `${at.toISOString().slice(11, 23)} ${level.padEnd(5)} ${room.padEnd(10)} ${[event, ...told].join(' ')}`;
}
