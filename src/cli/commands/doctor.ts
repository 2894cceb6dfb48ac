import type { Command } from 'commander';
import { loadConfig } from '../../config/config.js';
import type { CommandOutcome } from '../command-outcome.js';
import { describeFindings } from '../describe-connection.js';
import { explainFailure } from '../explain-failure.js';
import type { Bridge, Finding } from '../ports.js';
import { show } from '../show.js';
import { valueOf, withBridge } from '../with-bridge.js';
import type { World } from '../world.js';

export function addDoctorCommand(program: Command, world: World, outcome: CommandOutcome): void {
  program
    .command('doctor')
    .description('look at configuration, database and connections, and say what to do')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const findings = await examineAll(world);
      if (findings.some(({ ok }) => !ok)) outcome.exitCode = 1;
      show(world, options, findings, () => describeFindings(findings));
    });
}

async function examineAll(world: World): Promise<Finding[]> {
  const findings = examineConfig(world);
  if (findings.some(({ ok }) => !ok)) return findings;
  // Looking is not mending: an old database is told of, not brought up to date.
  const onlyLooking = { ...world, env: { ...world.env, APPLY_MIGRATIONS: 'false' } };
  try {
    await withBridge(onlyLooking, async (bridge, config) => {
      findings.push(...(await bridge.examine()), examinePublicUrl(config.http.publicUrl));
      findings.push(...(await examineConnections(bridge)));
    });
  } catch (error) {
    const sentence = explainFailure(error) ?? (error instanceof Error ? error.message : String(error));
    findings.push({ ok: false, what: 'database', hint: sentence });
  }
  return findings;
}

function examineConfig(world: World): Finding[] {
  const loaded = loadConfig(world.env);
  if (loaded.outcome === 'refused') {
    return loaded.mistakes.map((mistake) => ({ ok: false, what: 'configuration', hint: mistake }));
  }
  const place =
    loaded.config.database.kind === 'embedded'
      ? `embedded in ${loaded.config.dataDirectory}`
      : 'on a PostgreSQL server';
  return [
    { ok: true, what: `configuration: database ${place}` },
    ...loaded.warnings.map((warning) => ({ ok: true, what: 'configuration', hint: warning })),
  ];
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
      if (connection.status === 'paused') {
        const hint = `${connection.pausedReason ?? 'no reason'}: desk-bridge connection resume ${connection.id}`;
        findings.push({ ok: false, what: `${where} is paused`, hint });
      }
      const checked = valueOf(await operator.checkConnection(entrance.principal, connection.id));
      findings.push(...checked.map((finding) => ({ ...finding, what: `${where}: ${finding.what}` })));
    }
  }
  if (findings.length === 0) {
    findings.push({
      ok: true,
      what: 'connections: none',
      hint: 'desk-bridge connection create wotnot --help',
    });
  }
  return findings;
}
