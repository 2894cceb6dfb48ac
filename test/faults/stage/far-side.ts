import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Fault } from '../../../src/sandbox/index.js';
import { createFarSide, type FarSide as Hands } from '../../support/visitor.js';
import { root } from './bridge-process.js';
import { type FarSideLog, openFarSideLog } from './far-side-log.js';

/** A WotNot that writes down what it received. */
export interface FarSideProcess extends Hands {
  url: string;
  token: string;
  accountId: string;
  log: FarSideLog;
  stop(): Promise<void>;
}

/** @param echo false: it never tells what it got, so that a lost answer stays lost */
export async function openFarSide(directory: string, echo: boolean): Promise<FarSideProcess> {
  const dataFile = path.join(directory, 'far-side.jsonl');
  const child = fork(path.join(root, 'test/faults/stage/far-side-process.ts'), [dataFile], {
    cwd: root,
    execArgv: ['--import', path.join(root, 'scripts/ts-loader.mjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const started = await Promise.race([
    once(child, 'message').then(([message]) => message as { url: string; token: string; accountId: string }),
    once(child, 'exit').then(() => {
      throw new Error('the far side did not start');
    }),
  ]);
  const hands = createFarSide(started.url);
  const silence: Fault = { do: 'echo-none' };
  if (!echo) await hands.plant(silence);
  return {
    ...hands,
    ...started,
    log: openFarSideLog(dataFile),
    clearFaults: async () => {
      await hands.clearFaults();
      if (!echo) await hands.plant(silence);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
