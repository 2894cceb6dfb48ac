/** How much of a stranger's answer is kept. */
const excerptLength = 4096;

export type Redact = (text: string) => string;

/** Takes the token, and whatever looks like a secret or like a contact's data, out of a text. */
export function createRedact(token: string): Redact {
  return (text) =>
    text
      .replaceAll(token, '[redacted]')
      .replace(/\bBearer\s{1,4}[^\s"'<>]+/gi, 'Bearer [redacted]')
      .replace(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[redacted]')
      .replace(/\bwith value "[^"]*"/g, 'with value [redacted]')
      .replace(/[^\s@<>"'(),;:]{1,64}@[^\s@<>"'(),;]{1,253}/g, '[redacted]')
      .replace(/\+?\d(?:[\s().-]{0,2}\d){6,18}/g, '[redacted]');
}

/**
 * The head of an answer, safe to keep. Twice the length is redacted before the cut, so that a
 * secret that lies across the cut does not leave half of itself.
 */
export function takeExcerpt(bytes: Uint8Array, redact: Redact): string {
  const head = new TextDecoder().decode(bytes.subarray(0, excerptLength * 2));
  return redact(head).slice(0, excerptLength);
}
