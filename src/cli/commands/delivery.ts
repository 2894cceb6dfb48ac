import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Delivery, InboundEvent } from '../ports.js';
import { minute, show, table } from '../show.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
}

interface ListOptions extends Options {
  state: string;
  limit: number;
}

/** What is owed to the outside and what came from there, where somebody has to look at it. */
export function addDeliveryCommands(program: Command, world: World): void {
  const under =
    (parent: Command) =>
    (words: string, what: string): Command =>
      parent
        .command(words)
        .description(what)
        .option('-w, --workspace <id or name>', 'needed when there are several')
        .option('--json', 'print JSON');

  const delivery = under(program.command('delivery').description('what is or was owed to the outside'));
  delivery('list', 'list deliveries, newest first')
    .addOption(
      new Option('--state <state>', 'pending: everything that is not settled')
        .choices(['pending', 'waiting', 'sending', 'uncertain', 'delivered', 'dead', 'cancelled'])
        .default('dead'),
    )
    .option('--limit <n>', 'at most so many, 200 at the most', amount, 50)
    .action(async ({ state, limit, ...options }: ListOptions) => {
      await withWorkspace(world, options.workspace, async ({ desk }, actor) => {
        const { items } = valueOf(await desk.listDeliveries(actor, { state, limit }));
        show(world, options, items, () => table(items, DELIVERY, `Nothing is ${state}.`));
      });
    });
  delivery('redrive <id>', 'send again what has failed, at the end of its lane').action(
    async (id: string, options: Options) => {
      await withWorkspace(world, options.workspace, async ({ desk }, actor) => {
        const back = valueOf(await desk.redriveDelivery(actor, id));
        show(world, options, back, () => `${back.id} is ${back.state} again.`);
      });
    },
  );

  const event = under(program.command('event').description('what came from the outside'));
  event('list', 'list events that could not be read or shown, newest first')
    .addOption(
      new Option(
        '--state <state>',
        'unrecognised: of a shape that is not known · failed: it waits for a person',
      )
        .choices(['recorded', 'projected', 'unrecognised', 'failed'])
        .default('unrecognised'),
    )
    .option('--limit <n>', 'at most so many, 200 at the most', amount, 50)
    .action(async ({ state, limit, ...options }: ListOptions) => {
      await withWorkspace(world, options.workspace, async ({ desk }, actor) => {
        const { items } = valueOf(await desk.listInboundEvents(actor, { state, limit }));
        show(world, options, items, () => table(items, EVENT, `Nothing is ${state}.`));
      });
    });
  event('replay <id>', 'read an event again').action(async (id: string, options: Options) => {
    await withWorkspace(world, options.workspace, async ({ desk }, actor) => {
      const again = valueOf(await desk.replayInboundEvent(actor, id));
      show(world, options, again, () => `${again.id} is ${again.state} again.`);
    });
  });
}

function amount(given: string): number {
  const n = Number(given);
  if (!Number.isInteger(n) || n < 1 || n > 200) throw new InvalidArgumentError('a number from 1 to 200');
  return n;
}

const DELIVERY = {
  id: ({ id }: Delivery) => id,
  kind: ({ kind }: Delivery) => kind,
  state: ({ state }: Delivery) => state,
  attempts: ({ attempts }: Delivery) => String(attempts),
  accepted: ({ createdAt }: Delivery) => minute(createdAt),
  conversation: ({ conversationId }: Delivery) => conversationId,
  why: ({ reason }: Delivery) => (reason === undefined ? undefined : `${reason.code}: ${reason.message}`),
};

const EVENT = {
  id: ({ id }: InboundEvent) => id,
  kind: ({ kind }: InboundEvent) => kind,
  state: ({ state }: InboundEvent) => state,
  received: ({ receivedAt }: InboundEvent) => minute(receivedAt),
  why: ({ detail }: InboundEvent) => detail,
};
