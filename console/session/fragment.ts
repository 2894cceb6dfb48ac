/**
 * What the address carries lies behind the #: no server, log or referrer sees it. `code` is a sign-in code,
 * `conversation` the one that is open, `ticket` (connection id and external ticket id, with a slash between)
 * asks for the conversation of a ticket.
 */
export interface Fragment {
  code?: string;
  conversation?: string;
  ticket?: { connectionId: string; externalTicketId: string };
  isShowingDetails: boolean;
}

export function readFragment(hash: string): Fragment {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const code = parameters.get('code');
  const conversation = parameters.get('conversation');
  const [connectionId = '', ...rest] = (parameters.get('ticket') ?? '').split('/');
  const externalTicketId = rest.join('/');
  return {
    ...(code ? { code } : {}),
    ...(conversation ? { conversation } : {}),
    ...(connectionId !== '' && externalTicketId !== '' ? { ticket: { connectionId, externalTicketId } } : {}),
    isShowingDetails: parameters.get('show') === 'details',
  };
}

export function writeFragment({ conversation, isShowingDetails }: Omit<Fragment, 'code' | 'ticket'>): string {
  if (conversation === undefined) return '#';
  return `#conversation=${encodeURIComponent(conversation)}${isShowingDetails ? '&show=details' : ''}`;
}

/** Takes the sign-in code out of the address at once, so that neither the history nor a screenshot keeps it. */
export function takeCode(): string | undefined {
  const { code } = readFragment(location.hash);
  if (code === undefined) return undefined;
  const rest = new URLSearchParams(location.hash.slice(1));
  rest.delete('code');
  history.replaceState(null, '', `#${rest.toString()}`);
  return code;
}

/** The code in what somebody pasted: the whole link, or the code alone. */
export function codeIn(pasted: string): string | undefined {
  const text = pasted.trim();
  const behind = text.indexOf('#');
  if (behind >= 0) return readFragment(text.slice(behind)).code;
  return /^[\w.-]{8,200}$/.test(text) ? text : undefined;
}
