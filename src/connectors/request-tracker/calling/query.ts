/** A path with a query, each value encoded. */
export function withQuery(path: string, values: Record<string, string>): string {
  return `${path}?${new URLSearchParams(values).toString().replaceAll('+', '%20')}`;
}

/** A value between quotes in RT's query language. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** RT's ids are numbers; anything else is none, and never becomes part of a path. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,15}$/u.test(text);
}
