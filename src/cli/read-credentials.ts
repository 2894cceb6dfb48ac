import { readFileSync } from 'node:fs';
import { CommandError } from './command-error.js';
import type { World } from './world.js';

/**
 * Credentials come from a file, from standard input or from a person, never as words of the command: those
 * can be read by every user of the machine. JSON, or the bare token.
 */
export async function readCredentials(
  world: World,
  from: string | undefined,
): Promise<Record<string, unknown>> {
  const text = (await readText(world, from)).trim();
  if (text === '')
    throw new CommandError('No credentials were given: --credentials <file>, or - for standard input.', 2);
  if (!text.startsWith('{')) return { token: text };
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new CommandError('The credentials are not JSON.', 2);
  }
}

async function readText(world: World, from: string | undefined): Promise<string> {
  if (from === '-') return world.readInput();
  if (from === undefined) return (await world.askSecret('API token of the account (not shown): ')) ?? '';
  try {
    return readFileSync(from, 'utf8');
  } catch {
    throw new CommandError(`${from} cannot be read.`, 2);
  }
}
