import type { Command } from 'commander';
import type { CommandOutcome } from '../command-outcome.js';
import { serve } from '../serve.js';
import type { World } from '../world.js';

export function addServeCommand(program: Command, world: World, outcome: CommandOutcome): void {
  program
    .command('serve')
    .description('run the bridge until it is stopped (as npm start does)')
    .option('--roles <roles>', 'parts to run here instead of ROLES: http,gateway,projection,delivery')
    .action(async (options: { roles?: string }) => {
      const env = options.roles === undefined ? world.env : { ...world.env, ROLES: options.roles };
      outcome.exitCode = await serve({ ...world, env });
    });
}
