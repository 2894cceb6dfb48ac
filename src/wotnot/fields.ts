import { z } from 'zod';

const longestId = 512;

/** An id to put into a request: WotNot hands them out as strings and as numbers. */
export const givenId = z.union([z.string().trim().min(1).max(longestId), z.int().nonnegative()], {
  error: 'must be a non-empty string or a whole number',
});

/** An id in an answer. Always a string afterwards, so that `7` and `"7"` are the same thing. */
export const receivedId = z.union([z.string().min(1), z.number()]).transform(String);

/** An id that the page prints bare in a JSON body: digits travel as a number, anything else as it is. */
export const bareId = givenId.transform((id) =>
  typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : id,
);

/** An id that the page prints in quotes in a JSON body. */
export const quotedId = givenId.transform(String);

/** Loose on purpose: WotNot decides what an address is, this only catches a name in the wrong place. */
export const email = z
  .string()
  .regex(/^[^\s@]+@[^\s@]+$/, { error: 'must be a valid email' })
  .max(320);

export const webUrl = z.url({ protocol: /^https?$/, error: 'must be a valid http(s) URL' });

export const nonEmptyText = z.string().min(1, { error: 'must not be empty' });

/** Present on every answer that succeeded; `ok:false` never reaches an answer schema. */
export const succeeded = z.literal(true);

/** A time as WotNot prints it (`2025-07-07 05:09:34.218507`, UTC, sometimes empty). */
export const receivedTime = z.string().nullish();

export const receivedText = z.string().nullish();

export const receivedNumber = z.number().nullish();
