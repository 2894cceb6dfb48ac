import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import type { WotNotClient } from '../../src/wotnot/index.js';

export interface DocExample {
  /** The line of the page on which the block begins. */
  line: number;
  code: string;
}

const page = readFileSync(new URL('../../docs/wotnot-client.md', import.meta.url), 'utf8');

/** The page's runnable blocks; the one that makes the client is marked `setup` and left out. */
export const docExamples: DocExample[] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
  line: page.slice(0, match.index).split('\n').length,
  code: match[1] ?? '',
}));

export const docSetup = /^```ts setup\n(.*?)^```$/ms.exec(page)?.[1] ?? '';

/**
 * Runs a block with a client of the caller's, whichever server that speaks to. `ids` puts ids that
 * exist there in the place of those that are printed.
 */
export async function runDocExample(
  example: DocExample,
  client: WotNotClient,
  ids: Readonly<Record<string, string>> = {},
): Promise<void> {
  let code = example.code;
  for (const [printed, real] of Object.entries(ids)) code = code.replaceAll(printed, real);
  const { code: script } = await transform(`export default async (client, console) => {\n${code}\n};`, {
    loader: 'ts',
    format: 'esm',
  });
  const module = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as {
    default: (client: WotNotClient, console: { log: () => void }) => Promise<void>;
  };
  await module.default(client, { log: () => undefined });
}
