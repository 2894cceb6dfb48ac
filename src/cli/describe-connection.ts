import type { Finding, Registered } from './ports.js';

/** A line for each finding, and what to do below the bad ones. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings
    .map(
      ({ ok, what, hint }) =>
        `${ok ? 'ok   ' : 'wrong'}  ${what}${hint === undefined ? '' : `\n       → ${hint}`}`,
    )
    .join('\n');
}

export function describeRegistered(registered: Registered, side: 'chat' | 'desk'): string {
  if (registered.outcome === 'registered' && side === 'desk')
    return 'registered     yes: the desk knows where to tell that something has happened';
  if (registered.outcome === 'registered') {
    return [
      'registered     yes: the account knows the webhook URL and its token',
      'handshake      proved: the account called the webhook and was answered with its token',
      ...(registered.notice === undefined ? [] : [`without        ${registered.notice}`]),
    ].join('\n');
  }
  if (registered.outcome === 'by_hand') return `by hand        ${registered.message}`;
  return [
    `The account could not be told of the webhook: ${registered.message} (${registered.code})`,
    'The connection is kept. If no bridge runs, start it: npm start',
  ].join('\n');
}
