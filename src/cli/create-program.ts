import { Command } from 'commander';
import type { CommandOutcome } from './command-outcome.js';
import { addAgentCommands } from './commands/agent.js';
import { addConnectionCommands } from './commands/connection.js';
import { addDeliveryCommands } from './commands/delivery.js';
import { addDemoCommand } from './commands/demo.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addKeyCommands } from './commands/key.js';
import { addRestoredCommand } from './commands/restored.js';
import { addSandboxCommand } from './commands/sandbox.js';
import { addServeCommand } from './commands/serve.js';
import { addWorkspaceCommands } from './commands/workspace.js';
import { addWotNotCommands } from './commands/wotnot.js';
import type { World } from './world.js';

export function createProgram(world: World, outcome: CommandOutcome): Command {
  const program = new Command('desk-bridge')
    .description(
      'Joins WotNot and the helpdesk where agents work. It is set up by the environment: see .env.example.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.print(text.trimEnd()),
      writeErr: (text) => world.complain(text.trimEnd()),
    })
    .showHelpAfterError('(desk-bridge --help tells what there is)');
  addServeCommand(program, world, outcome);
  addDemoCommand(program, world, outcome);
  addSandboxCommand(program, world);
  addDoctorCommand(program, world, outcome);
  addRestoredCommand(program, world);
  addWorkspaceCommands(program, world);
  addConnectionCommands(program, world, outcome);
  addAgentCommands(program, world);
  addKeyCommands(program, world);
  addDeliveryCommands(program, world);
  addWotNotCommands(program, world, outcome);
  return program;
}
