import { createHash } from 'node:crypto';
import { randomSecret } from '../domain/ids.js';
import { WorkspaceScope } from '../store/scope.js';

/** adb: a program's API key · ses: an agent's session · cod: the code of a sign-in link */
export type TokenKind = 'adb' | 'ses' | 'cod';

/** What a token says before anybody has looked whether it is one. */
export interface ReadToken {
  kind: TokenKind;
  /** Where to look for it. It opens nothing by itself: the look-up asks for the hash as well. */
  scope: WorkspaceScope;
  hash: string;
}

/** `<kind>_<26 characters of the workspace's id>_<at least 26 of chance>`, in the alphabet of ids. */
const FORM = /^(adb|ses|cod)_([0-9a-hjkmnp-tv-z]{26})_[0-9a-hjkmnp-tv-z]{26,64}$/;

/** A new token of that kind: 130 bits of chance behind the place where to look it up. */
export function makeToken(kind: TokenKind, workspaceId: string): { token: string; hash: string } {
  const token = `${kind}_${workspaceId.slice('wsp_'.length)}_${randomSecret()}`;
  return { token, hash: hashOf(token) };
}

/** Takes a token apart, or undefined for what cannot be one. */
export function readToken(token: string): ReadToken | undefined {
  const found = FORM.exec(token);
  if (found === null) return undefined;
  const [, kind, workspace] = found;
  return { kind: kind as TokenKind, scope: WorkspaceScope.open(`wsp_${workspace}`), hash: hashOf(token) };
}

/**
 * Tokens are looked up by their hash: what a comparison's time could tell is about the hash, and no token
 * can be steered towards another one's.
 */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
