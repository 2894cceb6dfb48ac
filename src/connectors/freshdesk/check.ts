import type { Account, CheckFinding } from '../connector.js';
import { FailedCall } from '../desk-kit/index.js';
import { agent, ticketFields, ticketList } from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';

type Look = (client: FreshdeskClient) => Promise<CheckFinding>;

const looks: [string, Look][] = [
  ['Freshdesk answers and accepts the key.', lookAtKey],
  ['The bridge may read tickets.', lookAtTickets],
  ['The field for our conversation’s id is there.', lookAtField],
];

/** Looks whether the key, its rights and the custom field are as they must be, and says what is missing. */
export async function check(open: OpenClient, account: Account): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  for (const [what, look] of looks) {
    try {
      findings.push(await look(open(account, { signal: AbortSignal.timeout(30_000) })));
    } catch (error) {
      const hint = error instanceof FailedCall ? error.failed.message : 'The check met something unexpected.';
      return [...findings, { ok: false, what, hint }];
    }
  }
  return findings;
}

async function lookAtKey(client: FreshdeskClient): Promise<CheckFinding> {
  // Not what is remembered: the key may just have been replaced.
  const { email } = (await client.ask(agent, { method: 'GET', path: '/agents/me' })).contact;
  return {
    ok: true,
    what: `Freshdesk answers and accepts the key, which is ${email}’s: nobody should answer with it.`,
  };
}

async function lookAtTickets(client: FreshdeskClient): Promise<CheckFinding> {
  await client.ask(ticketList, { method: 'GET', path: '/tickets?per_page=1' });
  return { ok: true, what: 'The bridge may read tickets.' };
}

async function lookAtField(client: FreshdeskClient): Promise<CheckFinding> {
  const { referenceField } = client.settings;
  const what = `Tickets have the field ${referenceField}.`;
  const fields = await client.ask(ticketFields, { method: 'GET', path: '/ticket_fields' });
  if (fields.some(({ name }) => name === referenceField)) return { ok: true, what };
  const hint = `Create a single-line text field for tickets under Admin → Ticket fields, whose name in the API is ${referenceField}, or set referenceField to one that is there.`;
  return { ok: false, what, hint };
}
