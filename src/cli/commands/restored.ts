import type { Command } from 'commander';
import type { Doubted } from '../ports.js';
import { show } from '../show.js';
import { withBridge } from '../with-bridge.js';
import type { World } from '../world.js';

export function addRestoredCommand(program: Command, world: World): void {
  program
    .command('restored')
    .description(
      'before the first start on a database from a backup: nothing that was owed then goes out again unasked',
    )
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const doubted = await withBridge(world, (bridge) => bridge.doubtOwed());
      show(world, options, doubted, () => describe(doubted));
    });
}

function describe(doubted: readonly Doubted[]): string {
  const count = (side: Doubted['side']): number => doubted.find((one) => one.side === side)?.orders ?? 0;
  if (doubted.length === 0) return 'Nothing was owed when the backup was taken. Start the bridge.';
  return [
    'What was owed when the backup was taken may have gone out since:',
    ...(count('chat') > 0
      ? [`  ${count('chat')} to a chat: the question stands at each message, and an agent decides`]
      : []),
    ...(count('desk') > 0
      ? [`  ${count('desk')} to a desk: it is asked first, and gets what it does not have`]
      : []),
    'Start the bridge.',
  ].join('\n');
}
