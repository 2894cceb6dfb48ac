import { table } from '../show.js';

type Row = Record<string, unknown>;

/** An answer as a table: its list, row by row; what has no list, field by field. */
export function renderAnswer(answer: unknown): string {
  const fields = answer as Row;
  const lists = Object.entries(fields).filter(
    (entry): entry is [string, Row[]] => Array.isArray(entry[1]) && entry[1].every(isRow),
  );
  const tables = lists
    .filter(([, rows]) => rows.length > 0)
    .map(([name, rows]) => `${name}\n${tableOf(rows)}`);
  if (tables.length > 0) return tables.join('\n\n');
  const rest = flatten(fields).filter(([name]) => name !== 'ok');
  const empty = lists.map(([name]) => `${name}: none`);
  return rest.length === 0 && empty.length > 0
    ? empty.join('\n')
    : table(rest, { field: ([name]) => name, value: ([, value]) => cell(value) }, 'done');
}

function tableOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = Object.fromEntries(names.map((name) => [name, (row: Row) => cell(row[name])]));
  return table(rows, columns, 'none');
}

/** Fields of fields by their way there: `conversation.id`. */
function flatten(fields: Row, way = ''): [string, unknown][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    isRow(value) ? flatten(value, `${way}${name}.`) : [[`${way}${name}`, value] as [string, unknown]],
  );
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) {
    return value.every(isRow)
      ? value.map((row) => cell(row['email'] ?? row['name'] ?? row['id'])).join(', ')
      : value.join(', ');
  }
  if (isRow(value)) return cell(value['name'] ?? value['id'] ?? '…');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
