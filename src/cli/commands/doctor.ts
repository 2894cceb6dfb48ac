import type { Command } from 'commander';
import { examineAddress } from '../../app.js';
import { type Config, loadConfig } from '../../config/config.js';
import { readEnvironment } from '../../config/env.js';
import type { CommandOutcome } from '../command-outcome.js';
import { describeFindings } from '../describe-connection.js';
import {
  aboutConnection,
  askRunningBridge,
  NO_CONNECTION,
  pausedFinding,
} from '../doctor/ask-running-bridge.js';
import { explainFailure } from '../explain-failure.js';
import type { Bridge, Finding } from '../ports.js';
import { show } from '../show.js';
import { DirectoryHeldError, valueOf, withBridge } from '../with-bridge.js';
import type { World } from '../world.js';

export function addDoctorCommand(program: Command, world: World, outcome: CommandOutcome): void {
  program
    .command('doctor')
    .description('look at configuration, database, webhooks and connections, and say what to do')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const findings = await examineAll(world);
      if (findings.some(({ ok }) => !ok)) outcome.exitCode = 1;
      show(world, options, findings, () => describeFindings(findings));
    });
}

async function examineAll(world: World): Promise<Finding[]> {
  const loaded = loadConfig(world.env);
  if (loaded.outcome === 'refused')
    return loaded.mistakes.map((mistake) => ({ ok: false, what: 'configuration', hint: mistake }));
  const { config, secrets, warnings } = loaded;
  const findings: Finding[] = [
    { ok: true, what: `configuration: database ${placeOf(config)}` },
    ...warnings.map((warning) => ({ ok: true, what: 'configuration', hint: warning })),
    examinePublicUrl(config.http.publicUrl),
    await examineAddress(config, secrets),
  ];
  // Looking is not mending: an old database is told of, not brought up to date.
  const onlyLooking = { ...world, env: { ...world.env, APPLY_MIGRATIONS: 'false' } };
  try {
    await withBridge(onlyLooking, async (bridge) => {
      findings.push(...(await bridge.examine()), ...(await examineConnections(bridge)));
    });
  } catch (error) {
    // The embedded database has one process at a time: the one that has it is asked.
    if (error instanceof DirectoryHeldError)
      return [...findings, ...(await askRunningBridge(config, apiKeyOf(world)))];
    const sentence = explainFailure(error) ?? (error instanceof Error ? error.message : String(error));
    findings.push({ ok: false, what: 'database', hint: sentence });
  }
  return findings;
}

const placeOf = ({ database, dataDirectory }: Config): string =>
  database.kind === 'embedded' ? `embedded in ${dataDirectory}` : 'on a PostgreSQL server';

function apiKeyOf(world: World): string | undefined {
  const reading = readEnvironment(world.env);
  return reading.outcome === 'read' ? reading.values.BRIDGE_API_KEY : undefined;
}

function examinePublicUrl(publicUrl: string): Finding {
  const { hostname, protocol } = new URL(publicUrl);
  const isLocal = /^(localhost|127\..*|\[::1])$/.test(hostname);
  const what = `webhooks are sent to ${publicUrl}`;
  if (isLocal)
    return {
      ok: true,
      what,
      hint: 'Only this machine reaches it: set PUBLIC_URL for a real WotNot account.',
    };
  if (protocol === 'http:')
    return { ok: false, what, hint: 'Put TLS in front and set PUBLIC_URL to https://…' };
  return { ok: true, what };
}

async function examineConnections({ installation, operator }: Bridge): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { id, name } of await installation.listWorkspaces()) {
    const entrance = await installation.enterWorkspace(id);
    if (entrance.outcome !== 'entered') continue;
    for (const connection of valueOf(await operator.listConnections(entrance.principal))) {
      const where = `${name} / ${connection.name}`;
      if (connection.status === 'disconnected') continue;
      if (connection.status === 'paused') findings.push(pausedFinding({ ...connection, name: where }));
      const checked = valueOf(await operator.checkConnection(entrance.principal, connection.id));
      findings.push(...checked.map((finding) => aboutConnection(where, finding)));
    }
  }
  return findings.length === 0 ? [NO_CONNECTION] : findings;
}
