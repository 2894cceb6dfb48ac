import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Counts, upperBound, VIOLATIONS } from './checker.js';
import { percentile } from './recoveries.js';
import type { RunRow } from './run.js';

/** What a run has left in its results.json. */
export interface RunResults {
  seed: number;
  commit: string;
  command: string;
  startedAt: string;
  machine: { cpus: number; model?: string; node: string };
  rows: RunRow[];
}

const FROM = '<!-- what follows is written by `npm run test:faults -- --report` -->';
const TO = '<!-- until here -->';

/** Puts the figures of these runs into the page, between its two marks; the words around them stay. */
export function writeReport(file: string, runs: readonly RunResults[]): void {
  const page = existsSync(file) ? readFileSync(file, 'utf8') : `# Reliability\n\n${FROM}\n${TO}\n`;
  const [before, rest] = page.split(FROM);
  const after = rest?.split(TO)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} lacks its marks`);
  writeFileSync(file, `${before}${FROM}\n\n${renderReport(runs)}\n\n${TO}${after}`);
}

export function readResults(file: string): RunResults {
  return JSON.parse(readFileSync(file, 'utf8')) as RunResults;
}

function renderReport(runs: readonly RunResults[]): string {
  const rows = runs.flatMap((run) => run.rows.map((row) => ({ ...row, run })));
  return [
    ...runs.map(describeRun),
    '',
    '### What was done and what was found',
    '',
    '| campaign | faults | database | trials | acknowledged | violations | a violation is rarer than | outcome |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...rows.map((row) => {
      const { result } = row;
      const found = result.violations.length;
      const bound = found > 0 || result.trials === 0 ? '–' : `${rounded(upperBound(result.trials) * 100)} %`;
      const cells = [row.name, row.ids.join(', '), row.database, result.trials || '–'];
      const outcome = result.skipped === undefined ? row.outcome : `skipped: ${result.skipped}`;
      const soFar = row.soFar === true ? ', cut short' : '';
      return line([...cells, result.counts.acknowledged ?? 0, found, bound, `${outcome}${soFar}`]);
    }),
    '',
    '### Classes',
    '',
    ...classTable(rows),
    '',
    '### Back at work',
    '',
    'From the fault to the next delivery in order, lane by lane, of what was acknowledged before it and had not',
    'arrived; `in doubt` are lanes of which a message was being sent at that instant. Milliseconds.',
    '',
    '| campaign | database | samples | p50 | p99 | most | in doubt: samples | most | other figures |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...rows.flatMap((row) => {
      const times = row.result.recoveries ?? [];
      const { inDoubtMsCount = '–', inDoubtMsMax = '–', ...others } = row.result.figures ?? {};
      const shown = Object.entries(others).map(([name, value]) => `${name} ${value}`);
      if (times.length === 0 && shown.length === 0) return [];
      const [p50, p99, most] =
        times.length === 0
          ? ['–', '–', '–']
          : [0.5, 0.99, 1].map((part) => Math.round(percentile(times, part)));
      const cells = [row.name, row.database, times.length, p50 ?? '–', p99 ?? '–', most ?? '–'];
      return [line([...cells, inDoubtMsCount, inDoubtMsMax, shown.join(', ')])];
    }),
    ...violationList(rows),
  ].join('\n');
}

function describeRun(run: RunResults): string {
  const seconds = run.rows.reduce((sum, row) => sum + row.seconds, 0);
  const machine = `${run.machine.cpus} × ${run.machine.model ?? 'unknown'}, Node ${run.machine.node}`;
  return `- \`${run.command}\` at ${run.startedAt.slice(0, 16)}Z, commit ${run.commit}, seed ${run.seed}: ${Math.round(seconds)} s on ${machine}`;
}

const SHOWN = [
  ...VIOLATIONS,
  'recovered',
  'doubledAndFlagged',
  'lateDuplicate',
  'deadLetters',
  'asked',
] as const;

function classTable(rows: readonly RunRow[]): string[] {
  const totals = SHOWN.map((name) => rows.reduce((sum, row) => sum + (row.result.counts[name] ?? 0), 0));
  const acknowledged = rows.reduce((sum, row) => sum + (row.result.counts.acknowledged ?? 0), 0);
  const meaning: Record<(typeof SHOWN)[number], string> = {
    lost: 'acknowledged, and neither received nor shown as not delivered',
    phantom: 'received, and nobody said it there',
    duplicateEffect: 'a webhook shown twice, or sent twice where the far side knows keys',
    duplicateSend: 'sent twice unflagged, without a fault, or though its echo was there to tell',
    reorder: 'received before an earlier one of its conversation',
    gapHidden: 'given up without a visible “not delivered” in its place',
    stuck: 'owed, held by nothing, and not moving',
    agentView: 'a screen that missed, repeated or swapped a fact',
    recovered: 'its sender heard nothing, and it arrived all the same',
    doubledAndFlagged:
      'sent twice around a fault, flagged *possible duplicate*; allowed where nothing echoes',
    lateDuplicate: 'of these, after a later one',
    deadLetters: 'refused for good and shown so',
    asked: 'shown to the agent as uncertain; nothing could tell',
  };
  return [
    `Of ${acknowledged} acknowledged messages:`,
    '',
    '| class | found | what it is |',
    '| --- | ---: | --- |',
    ...SHOWN.map((name: keyof Counts & keyof typeof meaning, index) =>
      line([name, totals[index] ?? 0, meaning[name]]),
    ),
  ];
}

function violationList(rows: readonly RunRow[]): string[] {
  const found = rows.flatMap((row) => [
    ...row.result.violations.map(
      (one) => `- ${row.name}, ${row.database}: ${one.class}: ${one.about}: ${one.detail}`,
    ),
    ...(row.trouble === undefined
      ? []
      : [`- ${row.name}, ${row.database}: not carried out: ${row.trouble.split('\n')[0] ?? ''}`]),
  ]);
  return found.length === 0 ? [] : ['', '### Found', '', ...found];
}

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const rounded = (value: number): string => String(Math.round(value * 100) / 100);
