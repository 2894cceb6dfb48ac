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
