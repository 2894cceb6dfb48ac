const LEAST_BYTES = 32;

/** Of 32 random bytes about 30 differ; a typed or repeated phrase stays far below. */
const LEAST_DIFFERENT_BYTES = 16;

export type KeyReading = { outcome: 'parsed'; value: Buffer } | { outcome: 'mistaken'; mistake: string };

/** A key in hex or base64 (either alphabet). What is too short or plainly not random is refused. */
export function parseKey(text: string): KeyReading {
  const bytes = bytesOf(text);
  if (bytes === undefined) {
    return { outcome: 'mistaken', mistake: 'must be base64 or hex: openssl rand -base64 32' };
  }
  if (bytes.length < LEAST_BYTES) {
    return {
      outcome: 'mistaken',
      mistake: `must have at least ${LEAST_BYTES} bytes, it has ${bytes.length}: openssl rand -base64 32`,
    };
  }
  if (new Set(bytes).size < LEAST_DIFFERENT_BYTES) {
    return { outcome: 'mistaken', mistake: 'is not random: openssl rand -base64 32' };
  }
  return { outcome: 'parsed', value: bytes };
}

function bytesOf(text: string): Buffer | undefined {
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}
