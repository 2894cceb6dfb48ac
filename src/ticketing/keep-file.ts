import type { WorkspaceScope } from '../store/scope.js';
import type { KeepBytes } from './fetch-ticket-files.js';

type Fetched =
  | { outcome: 'fetched'; bytes: Buffer }
  | { outcome: 'refused'; code: 'url_not_allowed' | 'url_unreachable' | 'body_too_large'; reason: string };

export type KeptFile =
  | { outcome: 'kept'; fileId: string; name: string; contentType: string; sizeBytes: number }
  | { outcome: 'later'; reason: string }
  | { outcome: 'unavailable'; reason: string };

/** Fetches a contact's file from where it lies and keeps it: what lies outside may be gone tomorrow. */
export function createKeepFile(deps: { fetch: (url: string) => Promise<Fetched>; keepBytes: KeepBytes }) {
  return async (scope: WorkspaceScope, url: string, name: string): Promise<KeptFile> => {
    const fetched = await deps.fetch(url);
    if (fetched.outcome === 'refused')
      return {
        outcome: fetched.code === 'url_unreachable' ? 'later' : 'unavailable',
        reason: fetched.reason,
      };
    const kept = await deps.keepBytes(scope, { name, bytes: fetched.bytes });
    return kept === undefined
      ? { outcome: 'unavailable', reason: 'It is empty or too large.' }
      : { outcome: 'kept', ...kept };
  };
}
