#!/usr/bin/env node
/*
 * `npm run check`: everything about the tree that a machine can judge without running the product.
 * `npm run check -- lint borders` runs only these. Prints a table, then what the failed ones had to say.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { checks } from './check/checks.mjs';
import { generate } from './generate.mjs';

const mostLines = 60;
const root = fileURLToPath(new URL('..', import.meta.url));

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `no such check: ${unknown.join(', ')}; there are ${checks.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const chosen = asked.length === 0 ? checks : checks.filter(({ name }) => asked.includes(name));
await generate(root);
const results = await runAll(chosen, Math.max(2, Math.floor(availableParallelism() / 2)));

const failed = results.filter(({ outcome }) => outcome === 'failed');
const order = new Map(chosen.map(({ name }, position) => [name, position]));
results.sort((one, other) => order.get(one.name) - order.get(other.name));
for (const { name, outcome, seconds, remark } of results) {
  console.log(
    `${name.padEnd(15)} ${outcome.padEnd(11)} ${seconds.toFixed(1).padStart(5)} s  ${remark}`.trimEnd(),
  );
}
for (const { name, output } of results.filter(({ output }) => output !== '')) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 100 - name.length))}\n${excerpt(name, output)}`);
}
console.log(`\nchecks: ${results.length - failed.length} passed, ${failed.length} failed`);
// PGlite and others may leave timers behind that would only keep the process waiting.
process.exit(failed.length === 0 ? 0 : 1);

/** The whole output when one check was asked for, else enough of it to see what is wrong. */
function excerpt(name, output) {
  const lines = output.split('\n');
  if (chosen.length === 1 || lines.length <= mostLines) return output;
  const rest = `… ${lines.length - mostLines} more lines: npm run check -- ${name}`;
  return [...lines.slice(0, mostLines), rest].join('\n');
}

async function runAll(waiting, atOnce) {
  const queue = [...waiting];
  const done = [];
  const work = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) done.push(await runOne(check));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return done;
}

async function runOne({ name, run }) {
  const startedAt = performance.now();
  const answer = await run(root).catch((error) => ({
    outcome: 'failed',
    output: error.stack ?? String(error),
  }));
  const seconds = (performance.now() - startedAt) / 1000;
  return { name, seconds, outcome: answer.outcome, output: answer.output ?? '', remark: answer.remark ?? '' };
}
