import { patches } from './patches.mjs';
import { wrapped } from './wrapped.mjs';

const UNTAMPERED = '?untampered';
const wrappers = new URL('./wrappers.mjs', import.meta.url).href;
let patch = [];

export function initialize({ tampering }) {
  patch = patches[tampering.broken] ?? [];
}

/**
 * A wrapped module re-exports its untampered self, with the factories that matter put through a wrapper. A
 * patched one has pieces of its text replaced; a piece that is not there is an error, so that a build that was
 * to be broken is not taken for one that survived.
 */
export async function load(url, context, next) {
  const name = /\/dist\/src\/(.+\.js)$/.exec(url)?.[1];
  const factory = name === undefined ? undefined : wrapped[name];
  if (factory !== undefined) {
    const real = JSON.stringify(url + UNTAMPERED);
    const source = `
      import { wrap } from ${JSON.stringify(wrappers)};
      import * as real from ${real};
      export * from ${real};
      export const ${factory} = wrap(${JSON.stringify(factory)}, real.${factory});`;
    return { format: 'module', source, shortCircuit: true };
  }
  const loaded = await next(url, context);
  const pieces = patch.filter(({ module }) => url.replace(UNTAMPERED, '').endsWith(`/dist/src/${module}`));
  if (pieces.length === 0) return loaded;
  return { ...loaded, source: pieces.reduce(replacePiece, String(loaded.source)) };
}

function replacePiece(source, { module, from, to }) {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${module}: found ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}
