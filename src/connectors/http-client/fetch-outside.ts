import {
  AddressNotAllowedError,
  createGuardedLookup,
  type Resolve,
  resolveBySystem,
} from './guarded-lookup.js';
import { fetchHop } from './fetch-hop.js';
import { judgeRedirect, judgeUrl, type UrlJudgement } from './judge-url.js';
import { type Policy, policyFor } from './policy.js';
import { readBody } from './read-body.js';

export interface FetchOptions {
  maxBytes: number;
  /** For everything: names, connections, redirects, the last byte. */
  deadlineSeconds: number;
  /** Private addresses, local names, plain http and any port as well. */
  allowPrivate: boolean;
  /** What the file is called, when that is known: a page of HTML in place of anything else is a sign-in or an error. */
  name?: string;
}

export type Fetched =
  | {
      outcome: 'fetched';
      bytes: Buffer;
      /** As the other side says it; not to be believed. */
      contentType?: string;
    }
  | {
      outcome: 'refused';
      code: 'url_not_allowed' | 'url_unreachable' | 'body_too_large';
      /** For people; says nothing of what lies behind the URL. */
      reason: string;
      /** Whether the same may succeed in a moment. */
      mayComeLater: boolean;
      /** What the URL has answered in place of the file. */
      status?: number;
    };

export type FetchOutside = (url: string, options: FetchOptions) => Promise<Fetched>;

export interface FetchOutsideDeps {
  resolve?: Resolve;
  policyFor?: (allowPrivate: boolean) => Policy;
  /** Host names of the bridge itself, where it fetches nothing. */
  ownHosts?: readonly string[];
}

const mostRedirects = 3;
/** Not there yet, not now, too often, and what is wrong with the other side itself. */
const passing = (status: number): boolean => [404, 408, 425, 429].includes(status) || status >= 500;

/** Fetches what somebody names by a URL, and only from where anybody could: no private network, no metadata. */
export function createFetchOutside(deps: FetchOutsideDeps = {}): FetchOutside {
  const resolve = deps.resolve ?? resolveBySystem;
  const ownHosts = deps.ownHosts ?? [];

  return async (text, { maxBytes, deadlineSeconds, allowPrivate, name }) => {
    const policy = (deps.policyFor ?? policyFor)(allowPrivate);
    const lookup = createGuardedLookup(resolve, (address) => policy.isAllowedAddress(address));
    const signal = AbortSignal.timeout(deadlineSeconds * 1_000);
    let judged: UrlJudgement = judgeUrl(text, policy, ownHosts);
    try {
      for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
        if (judged.outcome === 'refused') return refused('url_not_allowed', judged.reason);
        const response = await fetchHop(judged.url, lookup, signal);
        const status = response.statusCode ?? 0;
        if (status >= 300 && status < 400) {
          response.destroy();
          judged = judgeRedirect(judged.url, response.headers.location, policy, ownHosts);
          continue;
        }
        if (status !== 200) {
          response.destroy();
          const reason = `The file cannot be had: the URL answers ${status}.`;
          return { ...refused('url_unreachable', reason, passing(status)), status };
        }
        const contentType = response.headers['content-type'];
        if (isPage(contentType) && !mayBePage(name ?? judged.url.pathname)) {
          response.destroy();
          return refused('url_unreachable', 'The URL answers a web page in place of the file.');
        }
        const body = await readBody(response, maxBytes);
        if (body.outcome === 'too_large')
          return refused('body_too_large', `The file is larger than ${maxBytes} bytes.`);
        if (body.outcome === 'unreadable')
          return refused('url_unreachable', `The file is ${body.reason}.`, true);
        return {
          outcome: 'fetched',
          bytes: body.bytes,
          ...(contentType === undefined ? {} : { contentType }),
        };
      }
      return refused('url_not_allowed', `The URL redirects more than ${mostRedirects} times.`);
    } catch (error) {
      if (error instanceof AddressNotAllowedError) {
        return refused('url_not_allowed', 'The URL leads to a private address.');
      }
      const late = signal.aborted;
      return refused(
        'url_unreachable',
        late ? 'The file did not arrive in time.' : 'The URL cannot be reached.',
        true,
      );
    }
  };
}

const isPage = (contentType: string | undefined): boolean =>
  /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '');

const mayBePage = (name: string): boolean => /\.(?:x?html?|xht)$/i.test(name);

function refused(
  code: Extract<Fetched, { outcome: 'refused' }>['code'],
  reason: string,
  mayComeLater = false,
): Extract<Fetched, { outcome: 'refused' }> {
  return { outcome: 'refused', code, reason, mayComeLater };
}
