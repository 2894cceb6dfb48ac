import { type EnvironmentEntry, environmentTable } from './env.js';

/** The text of `.env.example`: every name, what it means, its default; nothing is set. */
export function renderEnvExample(): string {
  const blocks = (environmentTable as readonly EnvironmentEntry[]).map(renderEntry);
  return `${HEAD}\n${blocks.join('\n')}`;
}

const HEAD = `# Copy to .env and take the # away from what you change; the environment itself comes first.
# Everything has a default that works on a laptop. This file is generated: npm run check compares it.
`;

function renderEntry(entry: EnvironmentEntry): string {
  const kind = entry.choices ? ` (${entry.choices.join(' | ')})` : '';
  const text = wrap(`${entry.meaning}${kind}`, 108);
  const value = entry.default === null || entry.default === '' ? entry.example : entry.default;
  return `${text.map((line) => `# ${line}`).join('\n')}\n#${entry.name}=${value}\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
