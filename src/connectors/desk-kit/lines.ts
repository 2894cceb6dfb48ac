import type { TicketAuthor, TicketLine } from '../../domain/desk-order.js';

/** How an author is named in a ticket's text. */
export function nameOf(author: TicketAuthor): string {
  switch (author.type) {
    case 'contact':
      return author.name ?? author.email ?? 'Contact';
    case 'agent':
      return author.name ?? author.email ?? 'Agent';
    case 'bot':
      return author.name === undefined ? 'Bot' : `${author.name} (bot)`;
    case 'bridge':
      return 'Bridge';
  }
}

/**
 * Lines as plain text. One line alone is its text; several, or one by somebody else than the ticket's own
 * author, each begin with the time (UTC) and the name, so that their order can be read.
 */
export function renderLines(lines: readonly TicketLine[], options: { alwaysNamed: boolean }): string {
  if (!options.alwaysNamed && lines.length === 1) return lines[0]?.text ?? '';
  return lines
    .map((line) => `[${line.at.slice(0, 19).replace('T', ' ')} UTC] ${nameOf(line.author)}: ${line.text}`)
    .join('\n');
}

/** Cuts a text into pieces of at most `most` characters, at a line's or a word's end where there is one. */
export function splitText(text: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const window = rest.slice(0, most);
    const line = window.lastIndexOf('\n');
    const word = window.lastIndexOf(' ');
    let end = line > most / 2 ? line + 1 : word > most / 2 ? word + 1 : most;
    // Never between the halves of a character that takes two units.
    if (/[\uD800-\uDBFF]/u.test(rest.charAt(end - 1))) end -= 1;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...pieces, rest];
}
