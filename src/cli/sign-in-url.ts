/** The code is behind the #, so that it reaches no server's log and no Referer. */
export function signInUrl(publicUrl: string, code: string): string {
  return `${publicUrl}/#code=${encodeURIComponent(code)}`;
}
