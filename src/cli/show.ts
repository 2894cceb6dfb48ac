import type { World } from './world.js';

/** What a command found: as JSON for programs, or in words. */
export function show(world: World, options: { json?: boolean }, value: unknown, words: () => string): void {
  world.print(options.json === true ? JSON.stringify(value, null, 2) : words());
}

/** Columns under their names, as wide as their widest cell; a list without rows says so. */
export function table<Row extends object>(
  rows: readonly Row[],
  columns: Record<string, (row: Row) => string | undefined>,
  nothing: string,
): string {
  if (rows.length === 0) return nothing;
  const names = Object.keys(columns);
  const cells = [
    names,
    ...rows.map((row) => Object.values(columns).map((cell) => printable(cell(row) ?? ''))),
  ];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An instant to the minute, in UTC. */
export const minute = (instant: Date | undefined): string | undefined =>
  instant?.toISOString().slice(0, 16).replace('T', ' ');

/** A span in its largest unit: 42 s, 7 min, 3 h, 2 d. */
export function span(seconds: number | undefined): string | undefined {
  if (seconds === undefined) return undefined;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** A name from outside cannot move the cursor or colour the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
}
