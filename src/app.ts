import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import path from 'node:path';
import { createDeskSide } from './app/create-desk-side.js';
import { createOwedUpkeep } from './app/create-owed-upkeep.js';
import { addressOf, createOperating } from './app/create-operating.js';
import { createOutside } from './app/create-outside.js';
import { createStores } from './app/create-stores.js';
import { tendDatabase } from './app/tend-database.js';
import { createAccess } from './access/create-access.js';
import { createDirectory } from './access/directory.js';
import { signFileLink } from './access/file-link.js';
import { createInstallation } from './access/installation.js';
import type { Config, Role } from './config/config.js';
import type { Secrets } from './config/secrets.js';
import { createFindDoor, createOpenAccount, createReadTraining, createSeal } from './connections/index.js';
import type { Connector } from './connectors/connector.js';
import { createDelivery } from './delivery/delivery.js';
import { createDepartures } from './delivery/departures.js';
import { createDesk } from './desk/create-desk.js';
import { nameInUrl } from './desk/name-in-url.js';
import { createGateway } from './gateway/index.js';
import { createHttp } from './http/create-http.js';
import { createServer } from './http/create-server.js';
import { closeServer, listen } from './http/listen.js';
import { createIntake } from './intake/intake.js';
import { createProjection } from './projection/projection.js';
import { openDatabase } from './store/database.js';
import { isDatabaseUnavailable } from './store/database-failure.js';
import { doubtOwed } from './store/doubt-owed.js';
import { examineDatabase, readUpkeepAge } from './store/examine.js';
import { prepareDatabase } from './store/prepare-database.js';
import { createNudges } from './store/nudges.js';
import { packageRoot } from './store/package-root.js';
import { createCallers } from './store/presence.js';
import { observeLanes } from './telemetry/observe-lanes.js';
import { observeProjected } from './telemetry/observe-projected.js';
import type { Telemetry } from './telemetry/telemetry.js';
import { createUpkeep } from './upkeep/upkeep.js';

export { examineAddress } from './app/create-operating.js';

export interface AppOverrides {
  /** A demo tells its console where a visitor may write. */
  visitorPage?: string;
  /** Stand-ins for the outside, in tests. */
  connectors?: Connector[];
  /** The steady clock, in milliseconds, by which a failing or limited desk is left alone. */
  steadyClock?: () => number;
}

export type App = Awaited<ReturnType<typeof createApp>>;

/**
 * Puts the bridge together and brings its database up to date; starts nothing. The one place that knows
 * every room.
 * @throws DirectoryInUseError when another process works in the embedded database's directory
 */
export async function createApp(
  config: Config,
  secrets: Secrets,
  telemetry: Telemetry,
  overrides: AppOverrides = {},
) {
  const { events } = telemetry;
  const owner = `desk-bridge:${process.pid}-${randomBytes(4).toString('hex')}`;
  const database = await openDatabase(
    config.database.kind === 'embedded'
      ? { kind: 'embedded', directory: config.database.directory }
      : {
          kind: 'server',
          url: secrets.databaseUrl ?? '',
          poolSize: config.database.poolSize,
          applicationName: owner,
        },
  );
  try {
    await prepareDatabase(database, config.database.applyMigrations, events);
  } catch (error) {
    await database.close();
    throw error;
  }

  // state
  const nudges = createNudges();
  const stores = createStores(database, nudges);
  const {
    inbox,
    feed,
    conversations,
    writer,
    connections,
    lookup,
    agents,
    workspaces,
    files,
    follows,
    tickets,
  } = stores;

  // the outside
  const callers = createCallers();
  const outside = createOutside(config, overrides.connectors ?? [], {
    now: overrides.steadyClock,
    sharers: callers.count,
  });
  const { connectors, fetchFile } = outside;
  const seal = createSeal(secrets.keys('credentials'));
  const account = createOpenAccount({ store: connections, seal, nudges });
  const door = createFindDoor(connections, nudges);
  const links = { publicUrl: config.http.publicUrl, linkKey: secrets.key('file-links').key };

  // who asks
  const access = createAccess({
    store: stores.access,
    nudges,
    times: config.access,
    observe: events,
  });
  const directory = createDirectory({
    workspaces,
    agents,
    apiKeys: stores.apiKeys,
    observe: events,
  });
  const installation = createInstallation({ workspaces });
  const address = addressOf(config, secrets);
  const { operator, registrations } = createOperating({
    stores,
    connectors,
    seal,
    openAccount: account.open,
    address,
    nudges,
    alone: database.kind === 'embedded',
    events,
  });

  // the journey
  const sweepMilliseconds = config.delivery.sweepSeconds * 1_000;
  const intake = createIntake({
    inbox,
    findDoor: door.find,
    findConnector: connectors.find,
    openDesk: async (scope, connectionId) => {
      const opened = await account.open(scope, connectionId);
      return opened === undefined
        ? undefined
        : { signingSecrets: opened.webhookSecrets, settings: opened.account.settings };
    },
    hint: follows.hint,
    noteInbound: lookup.noteInbound,
    nudges,
    hashKey: secrets.key('inbound-keys').key,
    maxWaiting: 5_000,
    observe: {
      refused: (at, code, requestId) =>
        events.webhookRefused({ code, requestId, ...(at === undefined ? {} : inboundOf(at)) }),
      recorded: (at, told) => events.webhookAccepted({ ...inboundOf(at), ...told }),
      contradicted: events.eventContradicted,
      failed: (error) => events.databaseUnavailable({ room: 'intake', error }),
    },
  });
  const conversationList = stores.list;
  const desk = createDesk({
    conversations,
    list: conversationList,
    writer,
    starter: stores.starter,
    feed,
    links: stores.links,
    files,
    deliveries: stores.deliveries,
    inbox,
    nudges,
    listConnections: connections.list,
    findAgent: agents.findByEmail,
    findFirstAgent: agents.findFirst,
    readTraining: createReadTraining({ openAccount: account.open, connectors }),
    fetchFile: async (url, name) => {
      const fetched = await fetchFile(url, name);
      return fetched.outcome === 'fetched'
        ? { outcome: 'fetched', bytes: fetched.bytes, name: nameInUrl(url) }
        : fetched;
    },
    ...links,
  });
  const projection = createProjection({
    store: stores.projecting,
    read: async (event) => {
      const connector = connectors.find(
        (await lookup.connectorOf(event.workspaceId, event.connectionId)) ?? '',
      );
      return connector?.side !== 'chat'
        ? { outcome: 'unrecognised', reason: 'no_connector' }
        : connector.read(event);
    },
    nudges,
    workers: database.kind === 'embedded' ? 1 : 3,
    sweepMilliseconds,
    observe: {
      projected: observeProjected(events),
      failed: (error) => events.databaseUnavailable({ room: 'projection', error }),
      swept: (found) => events.sweepFound({ room: 'projection', found }),
    },
  });
  const { ticketing, keepFile, pauseConnection } = createDeskSide({
    stores,
    connectors,
    openAccount: account.open,
    fetchFile,
    record: intake.recordFetched,
    nudges,
    owner,
    sweepMilliseconds,
    now: overrides.steadyClock,
    events,
  });
  const delivery = createDelivery({
    outbox: stores.outbox,
    earlyLanes: stores.earlyLanes,
    naming: stores.naming,
    tickets,
    keepFile: keepFile.now,
    readFile: files.read,
    nudges,
    owner,
    leaseSeconds: config.delivery.leaseSeconds,
    sweepMilliseconds,
    graceSeconds: config.delivery.uncertainGraceSeconds,
    deafUntil: intake.refusedAt,
    maxLanes:
      database.kind === 'embedded' ? Math.min(16, config.delivery.concurrency) : config.delivery.concurrency,
    perSecondPerConnection: config.delivery.perSecondPerConnection,
    sharers: callers.count,
    deadlineSeconds: 10,
    now: overrides.steadyClock,
    open: async (scope, connectionId) => {
      const opened = await account.open(scope, connectionId);
      const connector = connectors.find(opened?.connection.connector ?? '');
      return opened === undefined || connector === undefined
        ? undefined
        : { connector, account: opened.account };
    },
    departures: createDepartures(config.dataDirectory, owner),
    fileUrl: (scope, fileId, name) =>
      signFileLink(links, { workspaceId: scope.workspaceId, fileId, name }).url,
    noteBreaker: connections.noteBreaker,
    holdConnection: connections.hold,
    pauseConnection,
    observe: {
      ...observeLanes(events),
      breaker: (connectionId, state) =>
        telemetry.logger('delivery').warn(`breaker.${state}`, { connectionId }),
      failed: (error) => events.databaseUnavailable({ room: 'delivery', error }),
      swept: (found) => events.sweepFound({ room: 'delivery', found }),
    },
  });
  const owed = createOwedUpkeep({ stores, nudges, sweepMilliseconds, telemetry });
  const gateway = createGateway({
    access,
    desk,
    feed,
    nudges,
    telemetry: { ...events, failed: events.gatewayFailed },
    limits: { ...config.gateway, trustProxyHops: config.http.trustProxyHops },
    allowedOrigins: [new URL(config.http.publicUrl).origin, ...config.http.allowedOrigins],
    signUrl: (scope, fileId, name) =>
      signFileLink(links, { workspaceId: scope.workspaceId, fileId, name }).url,
    isDatabaseUnavailable,
  });

  const upkeep = createUpkeep({
    retention: stores.retention,
    days: config.retention.days,
    owner,
    everySeconds: config.retention.everySeconds,
    observe: {
      cleared: events.workspaceCleared,
      failed: (error) => events.databaseUnavailable({ room: 'upkeep', error }),
    },
  });

  const working = { http: false, gateway: false, projection: false, delivery: false };
  const http = createHttp({
    desk,
    access,
    operator,
    directory,
    intake,
    idempotency: stores.idempotency,
    telemetry: events,
    links: {
      publicUrl: config.http.publicUrl,
      signInLinkSeconds: config.access.signInCodeSeconds,
      ...(overrides.visitorPage === undefined ? {} : { visitorPage: overrides.visitorPage }),
    },
    config: {
      ...config.http,
      bridgeId: address.bridgeId,
      consoleDirectory: path.join(packageRoot(), 'dist', 'console'),
      ...(secrets.metricsToken === undefined ? {} : { metricsToken: secrets.metricsToken }),
    },
    readiness: async () => {
      const answers = await database.prisma.$queryRaw`SELECT 1`.then(
        () => true,
        () => false,
      );
      const checks = [
        { name: 'database', ok: answers },
        { name: 'started', ok: !stopping && Object.values(working).some(Boolean) },
      ];
      return { ready: checks.every((check) => check.ok), checks };
    },
    metrics: () => telemetry.metrics(),
    isDatabaseUnavailable,
  });
  telemetry.watch('upkeep_age_seconds', 'Seconds since the workspace that waits longest was cleared', () =>
    readUpkeepAge(database).then((age) => age ?? 0),
  );
  telemetry.watch('sockets', 'Sockets connected', () => gateway.stats().sockets);

  let server: Server | undefined;
  let tending: { stop(): Promise<void> } | undefined;
  let stopping = false;
  let stopped: Promise<void> | undefined;

  const start = async (roles: readonly Role[] = config.roles): Promise<{ url: string }> => {
    tending = await tendDatabase({ database, owner, nudges, roles, callers, events });
    for (const role of roles) working[role] = true;
    if (roles.includes('projection')) {
      projection.start();
      ticketing.startTelling();
      upkeep.start();
    }
    if (roles.includes('delivery')) {
      for (const part of [delivery, owed]) part.start();
      ticketing.startFollowing();
    }
    if (!roles.includes('http') && !roles.includes('gateway')) return { url: config.http.publicUrl };
    server = createServer(http);
    if (roles.includes('gateway')) gateway.attach(server);
    const url = await listen(server, config.http);
    if (roles.includes('http')) registrations.start();
    return { url };
  };

  const stop = async (): Promise<void> => {
    stopping = true;
    // Doors first, then workers, then the database.
    const closed = closeServer(server);
    await gateway.stop();
    await closed;
    await intake.drain();
    await Promise.all(
      [registrations, projection, ticketing, delivery, owed, upkeep].map((worker) => worker.stop()),
    );
    await tending?.stop();
    door.stop();
    account.stop();
    outside.stop();
    await database.close();
  };

  return {
    access,
    desk,
    directory,
    installation,
    operator,
    openAccount: account.open,
    database,
    examine: () => examineDatabase(database),
    doubtOwed: () => doubtOwed(database),
    start,
    stop: (): Promise<void> => (stopped ??= stop()),
    /** Nothing that this process knows of is waiting or under way; for tests and for a clean stop. */
    isIdle: (): boolean => projection.isIdle() && ticketing.isIdle() && delivery.isIdle() && owed.isIdle(),
  };
}

const inboundOf = (at: { connector: string; workspaceId: string; connectionId: string }) => ({
  connector: at.connector,
  workspaceId: at.workspaceId,
  connectionId: at.connectionId,
});
