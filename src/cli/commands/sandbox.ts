import path from 'node:path';
import type { Command } from 'commander';
import { createSandbox } from '../../sandbox/index.js';
import { loadConfigOrRefuse } from '../load-config-or-refuse.js';
import { stopSignal } from '../stop-signal.js';
import type { World } from '../world.js';

export function addSandboxCommand(program: Command, world: World): void {
  program
    .command('sandbox')
    .description('run the WotNot to develop against, on SANDBOX_PORT')
    .option('--forget', 'start with nothing instead of what the last run left in DATA_DIR')
    .action(async (options: { forget?: boolean }) => {
      const { config } = loadConfigOrRefuse(world.env);
      const dataFile = path.join(config.dataDirectory, 'sandbox.jsonl');
      const sandbox = createSandbox({
        port: config.sandbox.port,
        ...(options.forget === true ? {} : { dataFile }),
      });
      const stopping = stopSignal(world);
      try {
        const { url } = await sandbox.start();
        world.print(
          [
            `WotNot sandbox  ${url}`,
            `visitor's page  ${url}/chat`,
            `back office     ${url}/office`,
            `account id      ${sandbox.accountId}`,
            `API token       ${sandbox.token}`,
            'Ctrl-C stops it.',
          ].join('\n'),
        );
        await stopping.wait;
      } finally {
        stopping.forget();
        await sandbox.stop();
      }
    });
}
