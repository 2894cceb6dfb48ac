import type { Faults } from './faults.js';
import type { Feed } from './feed.js';
import type { FileShelf } from './file-shelf.js';
import type { Journal } from './journal.js';
import type { Records } from './records.js';
import type { RequestLog } from './request-log.js';
import type { Timers } from './timers.js';
import type { WebhookLanes } from './webhook-lanes.js';

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  host?: string;
  accountId?: string;
  token?: string;
  now?: () => Date;
  log?: (line: { event: string; [key: string]: unknown }) => void;
  /** Append-only JSON lines, so that a restarted sandbox still knows its conversations. Files lie beside it. */
  dataFile?: string;
  /** How long the bot types on the visitor's page. */
  botTypingMs?: number;
  /** Waits between the tries of a webhook that was answered with an error: five tries in about a minute. */
  webhookRetryMs?: number[];
  /** How long a data source trains. */
  trainingMs?: number;
}

/** What every verb of the sandbox works on. */
export interface World {
  accountId: string;
  token: string;
  now: () => Date;
  log: (line: { event: string; [key: string]: unknown }) => void;
  /** Where the sandbox can be reached; known once it listens. */
  url: () => string;
  botTypingMs: number;
  trainingMs: number;
  journal: Journal;
  records: Records;
  timers: Timers;
  faults: Faults;
  requests: RequestLog;
  lanes: WebhookLanes;
  feed: Feed;
  files: FileShelf;
}
