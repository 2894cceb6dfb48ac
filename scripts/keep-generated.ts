import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes a file that is derived from the source, or with --check fails when the one in the tree is another. */
export function keepGenerated(name: string, content: string, command: string): void {
  const file = path.join(root, name);
  const present = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (present === content) {
    console.log(`${name} is up to date`);
  } else if (process.argv.includes('--check')) {
    console.error(
      `${name} is ${present === undefined ? 'missing' : 'out of date'}; \`${command}\` writes it`,
    );
    console.error(firstDifference(present ?? '', content));
    process.exitCode = 1;
  } else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`wrote ${name}`);
  }
}

function firstDifference(present: string, wanted: string): string {
  const [left, right] = [present.split('\n'), wanted.split('\n')];
  const line = right.findIndex((text, index) => text !== left[index]);
  const at = line === -1 ? right.length : line;
  return `first difference in line ${at + 1}:\n- ${left[at] ?? ''}\n+ ${right[at] ?? ''}`;
}
