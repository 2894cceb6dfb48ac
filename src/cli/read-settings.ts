import { CommandError } from './command-error.js';

/** `accountId=476` and the like, as an object. */
export function readSettings(words: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw new CommandError(`--setting takes key=value, not ${word}`, 2);
    settings[word.slice(0, at)] = word.slice(at + 1);
  }
  return settings;
}
