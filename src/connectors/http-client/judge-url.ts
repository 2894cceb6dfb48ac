import { isIP } from 'node:net';
import type { Policy } from './policy.js';

export type UrlJudgement = { outcome: 'allowed'; url: URL } | { outcome: 'refused'; reason: string };

const longestUrl = 2_048;
const longestHost = 253;
const nextDoor = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|test|invalid|onion)$/;

/** What can be said of a URL before any name is looked up. */
export function judgeUrl(text: string, policy: Policy, ownHosts: readonly string[] = []): UrlJudgement {
  if (text.length > longestUrl) return refused('The URL is too long.');
  // URL parsers drop or turn these silently: what is judged must be what was written.
  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\\]/.test(text)) {
    return refused('The URL contains blanks, control characters or backslashes.');
  }
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text))
    return refused('Only complete https URLs can be fetched.');
  const url = new URL(text);
  if (url.protocol === 'http:' && !policy.plainHttp) return refused('Only https URLs can be fetched.');
  if (url.username !== '' || url.password !== '')
    return refused('The URL contains a user name or a password.');
  if (url.port !== '' && !policy.anyPort) return refused('The URL names a port of its own.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) {
    return policy.isAllowedAddress(host)
      ? { outcome: 'allowed', url }
      : refused('The URL leads to a private address.');
  }
  if (host.length > longestHost || host.endsWith('.')) return refused('The URL’s host name cannot be used.');
  if (ownHosts.includes(host)) return refused('The URL leads back to the bridge itself.');
  if (!policy.localNames && (!host.includes('.') || nextDoor.test(host))) {
    return refused('The URL leads to a private name.');
  }
  return { outcome: 'allowed', url };
}

/** Where a redirect leads, judged like the first URL; never from https to http. */
export function judgeRedirect(
  from: URL,
  location: string | undefined,
  policy: Policy,
  ownHosts: readonly string[] = [],
): UrlJudgement {
  if (location === undefined || !URL.canParse(location, from.href))
    return refused('The redirect leads nowhere.');
  if (/[\u0000-\u0020\\]/.test(location))
    return refused('The redirect contains blanks, control characters or backslashes.');
  const target = new URL(location, from.href);
  if (from.protocol === 'https:' && target.protocol === 'http:') return refused('The redirect leaves https.');
  return judgeUrl(target.href, policy, ownHosts);
}

function refused(reason: string): UrlJudgement {
  return { outcome: 'refused', reason };
}
