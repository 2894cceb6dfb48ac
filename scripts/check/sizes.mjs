import { readFileSync } from 'node:fs';
import path from 'node:path';
import { trackedFiles } from './tracked-files.mjs';

const conversationLines = 250;
/** A sheet of styles says less in a line than code does, and is read whole. */
const measures = [
  { names: /^(src|console)\/.*\.tsx?$/, mostLines: 400 },
  { names: /^(src|console)\/.*\.css$/, mostLines: 300 },
];
/** Names that refuse nothing take everything. */
const isVague = /(^|\/)(utils?|helpers?|common|managers?|services?|misc|shared|lib)(\.[a-z]+)*$/;
const isNamed = /\.(tsx?|mjs|cjs|js)$/;
const isKebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** Files stay small, and their names say what happens in them. */
export async function checkSizes(root) {
  const faults = [];
  const warnings = [];
  const lengths = [];
  for (const name of await trackedFiles(root)) {
    const segments = name.split('/');
    if (isNamed.test(name)) {
      const vague = segments.filter((segment) => isVague.test(segment));
      if (vague.length > 0) faults.push(`${name}: the name ${vague.join('/')} refuses nothing`);
      const file = segments.at(-1).replace(/^\./, '');
      if (!isKebabCase.test(file)) faults.push(`${name}: file names are kebab-case`);
    }
    const mostLines = measures.find(({ names }) => names.test(name))?.mostLines;
    if (mostLines === undefined) continue;
    const lines = readFileSync(path.join(root, name), 'utf8').split('\n').length - 1;
    lengths.push(lines);
    if (lines > mostLines) faults.push(`${name}: ${lines} lines, more than ${mostLines}`);
    else if (lines > conversationLines) warnings.push(`${name}: ${lines} lines, worth a conversation`);
  }
  const median = lengths.sort((one, other) => one - other)[Math.floor(lengths.length / 2)] ?? 0;
  return {
    outcome: faults.length === 0 ? 'passed' : 'failed',
    output: [...faults, ...warnings].join('\n'),
    remark: `${lengths.length} files of src and console, median ${median} lines, longest ${lengths.at(-1) ?? 0}`,
  };
}
