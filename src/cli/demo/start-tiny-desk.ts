import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../command-error.js';
import type { World } from '../world.js';
import type { DeskTerms } from './furnish-desk.js';

const EXAMPLE = path.join('examples', 'tiny-desk.mjs');

export interface TinyDesk {
  url: string;
  connectionId: string;
  stop(): Promise<void>;
}

/** The example as a process of its own, which ends with this one whatever becomes of it. */
export async function startTinyDesk(world: Pick<World, 'env'>, terms: DeskTerms): Promise<TinyDesk> {
  const { PATH, HOME } = world.env;
  const child = fork(findExample(import.meta.dirname), [], {
    env: {
      PATH,
      HOME,
      PORT: String(terms.port),
      SECRET: terms.secret,
      BRIDGE_WEBHOOK_URL: terms.webhookUrl,
      BRIDGE_WEBHOOK_SECRET: terms.webhookToken,
    },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('the tiny desk has no output');
  // Its first words say that it listens.
  const began = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!began) throw new CommandError('The tiny desk ended before it listened.');
  child.stdout.resume();
  return {
    url: `http://127.0.0.1:${terms.port}`,
    connectionId: terms.connectionId,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** It lies at the package's root, above the sources as above the build. */
function findExample(directory: string): string {
  const file = path.join(directory, EXAMPLE);
  if (existsSync(file)) return file;
  const above = path.dirname(directory);
  if (above === directory) throw new CommandError(`${EXAMPLE} is not there.`);
  return findExample(above);
}
