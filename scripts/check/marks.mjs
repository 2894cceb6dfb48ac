import { readFileSync } from 'node:fs';
import path from 'node:path';
import { trackedFiles } from './tracked-files.mjs';

// Put together from halves, so that this file does not find itself.
const unfinished = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`);
const leftInTests = new RegExp(
  `\\b(it|test|describe)\\.(${'on' + 'ly'}|${'to' + 'do'})\\b|\\bde${'bugger'};`,
);
const typesOff = new RegExp(`@ts-(${'ig' + 'nore'}|${'no' + 'check'})\\b|eslint-${'dis' + 'able'}\\b`);

const rules = [
  {
    in: /^(src|console|scripts|test|bench)\/.*\.(ts|tsx|mjs|css)$/,
    pattern: unfinished,
    means: 'unfinished work',
  },
  { in: /^(test|scripts)\/.*\.test\.ts$/, pattern: leftInTests, means: 'a test switched on or off by hand' },
  { in: /^(src|console)\/.*\.tsx?$/, pattern: typesOff, means: 'a rule switched off in place' },
];

/** Nothing half done is left behind, and no rule is switched off where it would have spoken. */
export async function checkMarks(root) {
  const faults = [];
  for (const name of await trackedFiles(root)) {
    const applicable = rules.filter((rule) => rule.in.test(name));
    if (applicable.length === 0) continue;
    for (const [index, line] of readFileSync(path.join(root, name), 'utf8').split('\n').entries()) {
      for (const { pattern, means } of applicable) {
        if (pattern.test(line)) faults.push(`${name}:${index + 1}: ${means}: ${line.trim().slice(0, 120)}`);
      }
    }
  }
  return { outcome: faults.length === 0 ? 'passed' : 'failed', output: faults.join('\n') };
}
