import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { answerErrors, answerNotFound } from './answer-errors.js';
import { serveApi } from './api/serve-api.js';
import { serveAssets } from './chat/serve-assets.js';
import { serveChat } from './chat/serve-chat.js';
import { serveControl } from './control/serve-control.js';
import { createFaults } from './faults.js';
import { createFeed } from './feed.js';
import { createFileShelf } from './file-shelf.js';
import { labelAnswer, labelRefusal, refuseStrangers } from './guard.js';
import { createJournal } from './journal.js';
import { createRecords } from './records.js';
import { createRequestLog } from './request-log.js';
import { seed } from './seed.js';
import { serveOffice } from './office/serve-office.js';
import { createTimers } from './timers.js';
import { createWebhookLanes } from './webhook-lanes.js';
import type { SandboxOptions, World } from './world.js';

export interface Sandbox {
  start(): Promise<{ url: string; port: number }>;
  stop(): Promise<void>;
  readonly token: string;
  readonly accountId: string;
  /** Empty until started. */
  readonly url: string;
}

const fiveTriesInAMinute = [2_000, 5_000, 15_000, 38_000];

function createWorld(options: SandboxOptions, url: () => string): World {
  const journal = createJournal(options.dataFile);
  const records = createRecords(journal);
  const timers = createTimers();
  const faults = createFaults();
  const now = options.now ?? (() => new Date());
  const log = options.log ?? (() => undefined);
  const retryMs = options.webhookRetryMs ?? fiveTriesInAMinute;
  return {
    accountId: options.accountId ?? '476',
    token: options.token ?? 'sandbox-account-token',
    now,
    log,
    url,
    botTypingMs: options.botTypingMs ?? 700,
    trainingMs: options.trainingMs ?? 1_500,
    journal,
    records,
    timers,
    faults,
    requests: createRequestLog(),
    lanes: createWebhookLanes({ records, faults, timers, now, retryMs, log }),
    feed: createFeed(),
    files: createFileShelf(options.dataFile === undefined ? undefined : `${options.dataFile}.files`),
  };
}

/** A faithful WotNot to develop against, on this machine only. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  let url = '';
  let server: Server | undefined;
  const world = createWorld(options, () => url);

  function reset(keepWebhook: boolean): void {
    const settings = world.records.settings.get('webhook');
    world.lanes.clear();
    world.faults.clear();
    world.requests.clear();
    world.journal.clear();
    world.files.clear();
    seed(world);
    if (keepWebhook && settings) world.records.settings.put('webhook', settings);
  }

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(labelAnswer);
  app.use(serveApi(world));
  app.use(refuseStrangers);
  app.use('/sandbox', express.json({ limit: '2mb', type: () => true }), serveControl(world, reset));
  app.use(serveAssets());
  app.use(serveChat(world));
  app.use(serveOffice(world));
  app.use(answerNotFound);
  app.use(answerErrors(world));

  return {
    token: world.token,
    accountId: world.accountId,
    get url() {
      return url;
    },
    async start() {
      world.timers.start();
      world.lanes.clear();
      world.journal.open();
      seed(world);
      const host = options.host ?? '127.0.0.1';
      server = createServer({ requireHostHeader: false }, app).on('clientError', labelRefusal);
      server.listen(options.port ?? 0, host);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
      world.lanes.resume();
      world.log({ event: 'sandbox.started', url });
      return { url, port };
    },
    async stop() {
      world.timers.stop();
      world.feed.stop();
      if (server) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
        server = undefined;
      }
      world.journal.close();
      world.log({ event: 'sandbox.stopped' });
    },
  };
}
