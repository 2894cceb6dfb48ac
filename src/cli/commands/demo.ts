import type { Command } from 'commander';
import type { CommandOutcome } from '../command-outcome.js';
import { runDemo } from '../demo/run-demo.js';
import type { World } from '../world.js';

export function addDemoCommand(program: Command, world: World, outcome: CommandOutcome): void {
  program
    .command('demo')
    .description('a sandbox WotNot, the bridge and the console together, with everything set up')
    .option('--desk', 'with a tiny helpdesk too, in which each chat is a ticket')
    .action(async ({ desk = false }: { desk?: boolean }) => {
      outcome.exitCode = await runDemo(world, { withDesk: desk });
    });
}
