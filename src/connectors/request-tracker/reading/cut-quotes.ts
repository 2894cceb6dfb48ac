/**
 * Without what a mail program or RT's own page adds to an agent's words: the signature below `-- `, and
 * quoted lines with the line that announces them. Where nothing else is left, the words stay as they are.
 */
export function cutQuotes(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const signature = lines.findIndex((line) => /^--\s?$/u.test(line));
  const said = signature === -1 ? lines : lines.slice(0, signature);
  const kept = said.filter((line, at) => !isQuote(line) && !announcesQuote(said, at));
  const left = kept.join('\n').trim();
  return left === '' ? text.trim() : left;
}

const isQuote = (line: string): boolean => /^>/u.test(line);

/** “On Sunday, Bob wrote:” right above a quotation. */
function announcesQuote(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (!/:\s*$/u.test(line) || line.length > 200) return false;
  const next = lines.slice(at + 1).find((other) => other.trim() !== '');
  return (
    next !== undefined && isQuote(next) && /\b(wrote|schrieb|a écrit|escribió|ha scritto)\b/iu.test(line)
  );
}
