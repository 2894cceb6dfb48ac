import type { Config } from '../config/config.js';
import { createTelemetry } from '../telemetry/telemetry.js';
import { CommandError } from './command-error.js';
import { loadConfigOrRefuse } from './load-config-or-refuse.js';
import type { Actor, Answer, Bridge, PlainAnswer, Workspace } from './ports.js';
import type { World } from './world.js';

/** The app's rooms on the database of this configuration, with no part of the process started. */
export async function withBridge<T>(
  world: World,
  work: (bridge: Bridge, config: Config) => Promise<T>,
): Promise<T> {
  const { config, secrets } = loadConfigOrRefuse(world.env);
  const telemetry = createTelemetry({
    // A command's own answer is on standard output, so what goes wrong beside it is told elsewhere.
    log: { level: 'warn', format: config.log.format },
    secretValues: secrets.values(),
    to: 'stderr',
    processMetrics: false,
  });
  const bridge = await world.openBridge(config, secrets, telemetry).catch(explainLock);
  try {
    return await work(bridge, config);
  } finally {
    await bridge.stop();
    await telemetry.close();
  }
}

/** The bridge that runs has the directory for itself. */
export class DirectoryHeldError extends CommandError {}

/** A command meets a running bridge more often than anything else in its directory. */
function explainLock(error: unknown): never {
  if (!(error instanceof Error) || error.name !== 'DirectoryInUseError') throw error;
  throw new DirectoryHeldError(
    `${error.message}\nWhile it runs, its API does what this command does: see its /docs page.`,
  );
}

/** The same, inside one workspace: the one that is named, or the only one there is. */
export async function withWorkspace<T>(
  world: World,
  named: string | undefined,
  work: (bridge: Bridge, actor: Actor, workspace: Workspace, config: Config) => Promise<T>,
): Promise<T> {
  return withBridge(world, async (bridge, config) => {
    const entrance = await bridge.installation.enterWorkspace(named);
    switch (entrance.outcome) {
      case 'entered':
        return work(bridge, entrance.principal, entrance.workspace, config);
      case 'not_found':
        throw new CommandError(
          named === undefined
            ? 'There is no workspace yet: desk-bridge workspace create <name>'
            : `There is no workspace ${named}: desk-bridge workspace list`,
        );
      case 'ambiguous': {
        const names = entrance.workspaces.map(({ id, name }) => `  ${id}  ${name}`);
        throw new CommandError(['Say which workspace, with --workspace <id>:', ...names].join('\n'), 2);
      }
    }
  });
}

/** The value of an answer; a refusal ends the command. */
export function valueOf<T>(answer: Answer<T> | PlainAnswer<T>): T {
  if (answer.outcome === 'done') return answer.value;
  const told = 'details' in answer ? answer.details : undefined;
  const details = told?.map(({ path, message }) => `  - ${path === undefined ? '' : `${path} `}${message}`);
  throw new CommandError(
    [answer.message, ...(details ?? [])].join('\n'),
    answer.code === 'invalid_request' ? 2 : 1,
  );
}
