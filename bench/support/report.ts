/** One measured figure beside its baseline from the same run. */
export interface Figure {
  name: string;
  value: string;
  baseline: string;
  ratio?: number;
  /** The same for machines: medians, by name. */
  numbers?: Record<string, number>;
  reach: string;
  runs: number;
  errors: number;
}

export function renderTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) =>
    [
      figure.name,
      figure.value,
      figure.baseline,
      figure.ratio === undefined ? '' : `${figure.ratio.toFixed(2)} ×`,
      figure.reach,
      String(figure.runs),
      String(figure.errors),
    ].join(' | '),
  );
  return [
    'what | measured | baseline, same run | ratio | reach | runs | errors',
    '--- | --- | --- | --- | --- | --- | ---',
    ...rows,
  ]
    .map((row) => `| ${row} |`)
    .join('\n');
}
