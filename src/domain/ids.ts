/**
 * Ids are prefixed and sort by the time they were made: 48 bits of milliseconds and 80 bits of chance in
 * Crockford's base 32, 26 characters after the prefix.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const PREFIXES = {
  workspace: 'wsp',
  connection: 'con',
  agent: 'agt',
  session: 'ses',
  apiKey: 'key',
  contact: 'ctc',
  conversation: 'cnv',
  message: 'msg',
  note: 'not',
  ticketLink: 'lnk',
  delivery: 'dlv',
  file: 'fil',
} as const;

export type IdKind = keyof typeof PREFIXES;

let lastTime = 0;
let lastChance: number[] = [];

/** A new id of that kind; two made in the same millisecond by one process still sort in order. */
export function newId(kind: IdKind): string {
  const time = Date.now();
  if (time <= lastTime) lastChance = incremented(lastChance);
  else {
    lastTime = time;
    lastChance = randomDigits(16);
    // Leaves room to count up within the millisecond.
    lastChance[0] = (lastChance[0] ?? 0) & 15;
  }
  return `${PREFIXES[kind]}_${timeDigits(lastTime)}${lastChance.map((digit) => ALPHABET[digit]).join('')}`;
}

/** Before every id of that kind that is made at that time or later, after every earlier one. */
export const firstIdAt = (kind: IdKind, time: number): string =>
  `${PREFIXES[kind]}_${timeDigits(Math.max(0, Math.floor(time)))}`;

/** 130 bits of chance, for what must not be guessed. */
export function randomSecret(length = 26): string {
  return randomDigits(length)
    .map((digit) => ALPHABET[digit])
    .join('');
}

/** The public id of an inbound event is its place in the inbox. */
export const inboundEventId = (position: bigint): string => `inb_${position}`;

/** The place in the inbox that a public id names, or undefined when it is no such id. */
export function inboundEventPosition(id: string): bigint | undefined {
  return /^inb_\d{1,18}$/.test(id) ? BigInt(id.slice(4)) : undefined;
}

function timeDigits(time: number): string {
  let rest = time;
  let digits = '';
  for (let index = 0; index < 10; index += 1) {
    digits = (ALPHABET[rest % 32] ?? '0') + digits;
    rest = Math.floor(rest / 32);
  }
  return digits;
}

function randomDigits(count: number): number[] {
  return Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => byte & 31);
}

function incremented(digits: number[]): number[] {
  const next = [...digits];
  for (let index = next.length - 1; index >= 0; index -= 1) {
    const digit = next[index] ?? 0;
    if (digit < 31) {
      next[index] = digit + 1;
      return next;
    }
    next[index] = 0;
  }
  return next;
}
