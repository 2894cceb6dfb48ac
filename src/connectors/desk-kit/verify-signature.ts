import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignatureScheme {
  algorithm: 'sha1' | 'sha256';
  encoding: 'hex' | 'base64';
  /** Stands before the signature in its header, as `sha256=`. */
  prefix?: string;
  /** What is signed, of the raw body and the timestamp's header as it came. */
  content: (timestamp: string, body: Buffer) => Buffer[];
  timestampUnit: 'iso' | 'seconds' | 'milliseconds' | 'none';
  /** How old, and how far ahead, a timestamp may be. */
  windowSeconds: number;
}

/**
 * Whether one of the secrets made this signature, over the raw bytes, in constant time whatever the
 * lengths. An odd or missing header is `false`, never a throw.
 */
export function verifySignature(
  scheme: SignatureScheme,
  secrets: readonly string[],
  given: { signature: string | undefined; timestamp: string | undefined; body: Buffer; now: Date },
): boolean {
  const { signature, timestamp = '' } = given;
  if (signature === undefined || !isRecent(scheme, timestamp, given.now)) return false;
  const prefix = scheme.prefix ?? '';
  if (!signature.startsWith(prefix)) return false;
  const claimed = digest(signature.slice(prefix.length));
  // Every secret is tried, so that the time does not tell which.
  return secrets
    .map((secret) => {
      const mac = createHmac(scheme.algorithm, secret);
      for (const part of scheme.content(timestamp, given.body)) mac.update(part);
      return timingSafeEqual(digest(mac.digest(scheme.encoding)), claimed);
    })
    .some(Boolean);
}

/** Equal texts have equal digests, and digests have equal lengths. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two secrets are the same, in constant time. */
export function isSameSecret(given: string | undefined, secrets: readonly string[]): boolean {
  if (given === undefined) return false;
  return secrets.map((secret) => timingSafeEqual(digest(secret), digest(given))).some(Boolean);
}

function isRecent(scheme: SignatureScheme, timestamp: string, now: Date): boolean {
  if (scheme.timestampUnit === 'none') return true;
  const at = timeOf(scheme.timestampUnit, timestamp);
  return Number.isFinite(at) && Math.abs(now.getTime() - at) <= scheme.windowSeconds * 1_000;
}

function timeOf(unit: 'iso' | 'seconds' | 'milliseconds', timestamp: string): number {
  if (unit === 'iso') return Date.parse(timestamp);
  if (!/^\d{1,16}$/u.test(timestamp)) return Number.NaN;
  return Number(timestamp) * (unit === 'seconds' ? 1_000 : 1);
}
