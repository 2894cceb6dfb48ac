import process from 'node:process';
import { Writable } from 'node:stream';
import { createLogger, format } from 'winston';
import type { LogFields, Redactor, SafeFields } from './redact.js';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LEVELS)[number];

const LINE = Symbol.for('message');

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
    exitOnError: false,
  });
  root.pipe(writableTo(options.to));
  const rooms = new Map<string, Log>();
  const rank = LEVELS.indexOf(options.level);

  function logger(room: string): Log {
    const known = rooms.get(room);
    if (known) return known;
    const child = root.child({ room });
    // Decided here: winston would render a line before it finds that nobody wants it.
    const write = (level: LogLevel): Log[LogLevel] =>
      LEVELS.indexOf(level) > rank
        ? () => undefined
        : (event, fields) => {
            child.log(level, event, { fields });
          };
    const log: Log = {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      isDebug: options.level === 'debug',
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

interface Line {
  level: string;
  message: string;
  room: string;
  fields?: LogFields;
}

/** Where rendered lines go. winston hands over objects that carry their line under a symbol. */
function writableTo(to: LogOptions['to']): Writable {
  const write = typeof to === 'function' ? to : (line: string) => process[to].write(`${line}\n`);
  return new Writable({
    objectMode: true,
    write(info: { [LINE]?: string }, _encoding, done) {
      write(info[LINE] ?? '');
      done();
    },
  });
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
