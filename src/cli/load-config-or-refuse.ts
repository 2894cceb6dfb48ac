import { type LoadedConfig, loadConfig } from '../config/config.js';
import { CommandError } from './command-error.js';

type Loaded = Extract<LoadedConfig, { outcome: 'loaded' }>;

/** The configuration, or every mistake in it as the command's end. */
export function loadConfigOrRefuse(env: Readonly<Record<string, string | undefined>>): Loaded {
  const loaded = loadConfig(env);
  if (loaded.outcome === 'loaded') return loaded;
  const mistakes = loaded.mistakes.map((mistake) => `  - ${mistake}`);
  throw new CommandError(['The configuration cannot be used:', ...mistakes].join('\n'), 2);
}
