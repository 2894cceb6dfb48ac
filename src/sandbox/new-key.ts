import { randomBytes } from 'node:crypto';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random bytes are drawn in bulk: one draw for each key was a tenth of the time of a message. */
let pool = Buffer.alloc(0);
let drawn = 0;

/** 32 letters and digits, mixed case, as WotNot's own keys are. */
export function newKey(): string {
  if (drawn + 32 > pool.length) {
    pool = randomBytes(8_192);
    drawn = 0;
  }
  let key = '';
  for (const byte of pool.subarray(drawn, drawn + 32)) key += LETTERS.charAt(byte % LETTERS.length);
  drawn += 32;
  return key;
}
