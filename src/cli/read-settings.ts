import { CommandError } from './command-error.js';

/** `accountId=476` and the like, as an object; `ticketVariables:={"id":"case"}` takes JSON. */
export function readSettings(words: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    const isJson = word[at - 1] === ':';
    const key = word.slice(0, isJson ? at - 1 : at);
    if (at < 1 || key === '')
      throw new CommandError(`--setting takes key=value or key:=json, not ${word}`, 2);
    settings[key] = isJson ? readJson(key, word.slice(at + 1)) : word.slice(at + 1);
  }
  return settings;
}

function readJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`--setting ${key}:= takes JSON, not ${text}`, 2);
  }
}
