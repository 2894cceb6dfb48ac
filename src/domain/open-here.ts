/**
 * Among what is known of a conversation: a contact's word has opened it again here, while the chat side counts it as
 * closed, or has not said otherwise.
 */
const OPEN_HERE = 'open-here';

export const isOpenHere = (known: readonly string[]): boolean => known.includes(OPEN_HERE);

export const withOpenHere = (known: readonly string[]): string[] => [...withoutOpenHere(known), OPEN_HERE];

export const withoutOpenHere = (known: readonly string[]): string[] =>
  known.filter((entry) => entry !== OPEN_HERE);
