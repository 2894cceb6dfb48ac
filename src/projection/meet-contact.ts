import type { ContactFacts } from '../domain/chat-fact.js';
import { changedVariables } from '../domain/changed-variables.js';
import { isMadeUpName, type KnownContact } from '../domain/contact-variables.js';
import type { Variables } from '../domain/conversation.js';
import type { ContactRow } from '../store/rows.js';
import { contactIdOf } from './contact-id.js';
import type { Draft } from './draft.js';

interface DraftedContact extends KnownContact {
  externalContactId?: string;
  variables: Variables;
}

/** Keeps what an event tells of the contact; the outside's id of the contact wins over a provisional one. */
export function meetContact(draft: Draft, told: ContactFacts): void {
  const facts = withoutMadeUpName(draft, told);
  const known = draft.change.contact;
  if (isAlreadyKnown(contactOf(draft), facts)) return;
  const id =
    facts.externalContactId === undefined
      ? draft.row.contact_id
      : contactIdOf(draft.row.connection_id, facts.externalContactId);
  const earlier =
    known !== undefined && (known.id === id || known.externalContactId.startsWith('conversation:'))
      ? known
      : undefined;
  const before = provisionalContact(draft);
  draft.row.contact_id = id;
  draft.change.contact = {
    id,
    externalContactId:
      facts.externalContactId ??
      earlier?.externalContactId ??
      (draft.contact?.id === id ? draft.contact.external_contact_id : undefined) ??
      `conversation:${draft.row.external_conversation_id}`,
    name: facts.name ?? earlier?.name ?? before?.name,
    email: facts.email ?? earlier?.email ?? before?.email,
    phone: facts.phone ?? earlier?.phone ?? before?.phone,
    variables: { ...before?.variables, ...earlier?.variables, ...facts.variables },
  };
}

/** The contact as it will be once the draft is written. */
export function contactOf({ contact, change: { contact: drafted } }: Draft): DraftedContact {
  const stored = contact === null ? { variables: {} } : factsOf(contact);
  if (drafted === undefined) return stored;
  const isOther = contact !== null && drafted.id !== contact.id && !isProvisional(contact);
  const base: DraftedContact = isOther ? { variables: {} } : stored;
  return {
    externalContactId: drafted.externalContactId,
    name: drafted.name ?? base.name,
    email: drafted.email ?? base.email,
    phone: drafted.phone ?? base.phone,
    variables: { ...base.variables, ...drafted.variables },
  };
}

const isProvisional = (contact: ContactRow): boolean =>
  contact.external_contact_id.startsWith('conversation:');

function factsOf({ external_contact_id, name, email, phone, variables }: ContactRow): DraftedContact {
  return {
    externalContactId: external_contact_id,
    name: name ?? undefined,
    email: email ?? undefined,
    phone: phone ?? undefined,
    variables,
  };
}

/** A name that the outside has made up does not replace one that somebody has told. */
function withoutMadeUpName({ contact, change }: Draft, facts: ContactFacts): ContactFacts {
  const isSomebodyElse =
    contact !== null &&
    facts.externalContactId !== undefined &&
    facts.externalContactId !== contact.external_contact_id &&
    !isProvisional(contact);
  const known = isSomebodyElse ? undefined : (change.contact?.name ?? contact?.name ?? undefined);
  if (facts.name === undefined || known === undefined || isMadeUpName(known) || !isMadeUpName(facts.name))
    return facts;
  const { name: _madeUp, ...rest } = facts;
  return rest;
}

/** What was known of the contact before the outside gave it an id: it stays with the conversation. */
function provisionalContact({ contact }: Draft): DraftedContact | undefined {
  return contact !== null && isProvisional(contact) ? factsOf(contact) : undefined;
}

/** Whether all of this is known already: most messages tell nothing new of their contact. */
function isAlreadyKnown(known: DraftedContact, facts: ContactFacts): boolean {
  const tells = (fact: string | undefined, here: string | undefined): boolean =>
    fact !== undefined && fact !== here;
  return !(
    tells(facts.externalContactId, known.externalContactId) ||
    tells(facts.name, known.name) ||
    tells(facts.email, known.email) ||
    tells(facts.phone, known.phone) ||
    (facts.variables !== undefined &&
      Object.keys(changedVariables(known.variables, facts.variables)).length > 0)
  );
}
