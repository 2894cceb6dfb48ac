import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync('console/styles/tokens.css', 'utf8');
const [day = '', night = ''] = css.split('@media (prefers-color-scheme: dark)');

/** Text and what it stands on. */
const pairs: readonly [string, string][] = [
  ...['paper', 'surface', 'raised', 'sunken'].flatMap((ground): [string, string][] => [
    ['ink', ground],
    ['ink-soft', ground],
    ['accent-ink', ground],
  ]),
  ...['paper', 'surface', 'raised', 'late-soft'].map((ground): [string, string] => ['late', ground]),
  ...['paper', 'surface'].map((ground): [string, string] => ['worry', ground]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-ink'],
  ['accent-ink', 'accent-soft'],
  ['ink', 'accent-soft'],
  ['ink', 'contact-bubble'],
  ['ink', 'agent-bubble'],
  ['ink', 'bot-bubble'],
  ['bot-ink', 'bot-bubble'],
  ['accent-ink', 'bot-bubble'],
  ['accent-ink', 'agent-bubble'],
  ['on-my-bubble', 'my-bubble'],
  ['note-ink', 'note'],
  ['ink', 'note'],
  ['ink', 'late-soft'],
  ['paper', 'ink'],
];

describe.each([
  ['by day', tokensOf(day)],
  ['by night', new Map([...tokensOf(day), ...tokensOf(night)])],
] as const)('%s', (_when, tokens) => {
  test.each(pairs)('%s on %s reads at 4.5 to 1 or better', (text, ground) => {
    expect(contrast(tokens.get(text) ?? '', tokens.get(ground) ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});

function tokensOf(part: string): Map<string, string> {
  return new Map(
    [...part.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', colour = '']) => [name, colour]),
  );
}

/** WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
