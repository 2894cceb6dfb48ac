import type { Variables } from './conversation.js';

/** What people know of a contact. */
export interface KnownContact {
  name?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
}

const FACTS = ['name', 'email', 'phone'] as const;

/** A name that a chat side gives to whoever has told none: a visitor, a guest, with a number or a letter. */
const MADE_UP = /^(?:visitor|guest|anonymous|unknown)(?:[\s#_-]*[a-z]?\d*)?$/iu;

export const isMadeUpName = (name: string): boolean => MADE_UP.test(name.trim());

/**
 * Of what is told, what the chat side does not know yet, or knows as it stood `before` somebody corrected it.
 * A made-up name counts for none.
 */
export function newsOfContact(
  known: { name: string | null; email: string | null; phone: string | null },
  told: KnownContact,
  before: KnownContact = {},
): KnownContact {
  const isNews = (fact: (typeof FACTS)[number]): boolean => {
    const value = told[fact]?.trim() ?? '';
    if (value === '' || (fact === 'name' && isMadeUpName(value))) return false;
    const here = known[fact];
    if (here === null || (fact === 'name' && isMadeUpName(here))) return true;
    return here === before[fact]?.trim() && here !== value;
  };
  return Object.fromEntries(FACTS.filter(isNews).map((fact) => [fact, told[fact]?.trim()]));
}

/** How long a fact may be. */
const LONGEST = { name: 200, email: 254, phone: 64 } as const;

/**
 * Variables of a contact, told apart: `name`, `email` and `phone` are the contact's own facts on a chat side,
 * the others are variables. What cannot be such a fact stays a variable too.
 */
export function ownFacts(given: Variables): { facts: KnownContact; variables: Variables } {
  const facts: KnownContact = {};
  const variables: [string, string][] = [];
  for (const [name, text] of Object.entries(given)) {
    const fact = FACTS.find((one) => one === name);
    const value = fact === 'email' ? text.trim().toLowerCase() : text.trim();
    if (fact === undefined || !mayBe(fact, value)) variables.push([name, text]);
    else facts[fact] = value;
  }
  return { facts, variables: Object.fromEntries(variables) };
}

const mayBe = (fact: (typeof FACTS)[number], value: string): boolean =>
  value !== '' && value.length <= LONGEST[fact] && (fact !== 'email' || /^[^\s@]+@[^\s@]+$/u.test(value));

/**
 * A contact's facts as variables of the chat side. `setting` is the connection's `contactVariables`: the
 * names, false for a fact that is not told, or false for none; a fact without a name is called as it is.
 */
export function contactVariables(
  setting: unknown,
  contact: KnownContact,
): { name: string; value: string; on: 'contact' }[] {
  if (setting === false) return [];
  const names = (typeof setting === 'object' && setting !== null ? setting : {}) as Record<string, unknown>;
  return FACTS.flatMap((fact) => {
    const value = contact[fact];
    const name = names[fact] ?? fact;
    return value === undefined || typeof name !== 'string' ? [] : [{ name, value, on: 'contact' as const }];
  });
}
