/**
 * Whether a page of that origin may talk to us. Programs send no Origin; browsers always do, and `null`
 * (a sandboxed frame, a file) is nobody's.
 */
export function mayConnectFrom(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost, origin: plain } = new URL(origin);
  return (
    (protocol === 'http:' || protocol === 'https:') &&
    plain === origin.toLowerCase() &&
    originHost === host?.toLowerCase()
  );
}
