import { CommanderError } from 'commander';
import { CommandError } from './command-error.js';
import { createProgram } from './create-program.js';
import { explainFailure } from './explain-failure.js';
import type { World } from './world.js';

/** Runs one command line and answers the exit code: 0 done, 1 failed, 2 asked wrongly. */
export async function run(words: readonly string[], world: World): Promise<number> {
  const outcome = { exitCode: 0 };
  try {
    await createProgram(world, outcome).parseAsync([...words], { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const sentence = explainFailure(error);
    world.complain(sentence ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
    return error instanceof CommandError ? error.exitCode : 1;
  }
}
