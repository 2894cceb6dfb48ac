import { z } from 'zod';
import type { CheckFinding } from '../connector.js';
import type { Desk } from './calling/open-desk.js';
import { membersOf } from './calling/shapes.js';
import { listPages } from './sending/find-staff.js';
import { tagsOf } from './sending/ticket-fields.js';

const triggerShape = z.object({
  title: z.string().catch(''),
  active: z.boolean().catch(true),
  conditions: z.object({ all: z.array(z.unknown()).catch([]) }).catch({ all: [] }),
  actions: z.unknown(),
});
type Trigger = z.infer<typeof triggerShape>;

const conditionShape = z.object({ field: z.string(), operator: z.string(), value: z.string() });
const actionShape = z.object({ field: z.string(), value: z.unknown() });

/** To whom a trigger can mail: these two are the contact, alone or with whoever reads along. */
const contacts: unknown[] = ['requester_id', 'requester_and_ccs'];
const mostNamed = 5;

/**
 * What we write counts as an agent's update, whoever its author is: the triggers that an account comes with mail it to
 * the requester, who has said it or reads it in the chat. Says nothing where triggers cannot be read.
 */
export async function judgeMail(desk: Desk): Promise<CheckFinding[]> {
  const listed = await listPages(desk, '/api/v2/triggers?active=true&', 'triggers');
  if (listed.outcome === 'failed') return [];
  const tags = tagsOf(desk.settings.policy.tags);
  const mailing = membersOf(triggerShape, listed.members).filter(
    (trigger) => trigger.active && mailsContact(trigger) && !leavesOut(trigger, tags),
  );
  const what = 'No trigger mails contacts what they read in the chat.';
  if (mailing.length === 0) return [{ ok: true, what }];
  const named = mailing.slice(0, mostNamed).map(({ title }) => `“${title.slice(0, 80)}”`);
  const more = mailing.length > mostNamed ? ` and ${mailing.length - mostNamed} more` : '';
  const remedy =
    tags[0] === undefined
      ? 'Give tickets a tag first, as policy.tags ["wotnot"], and then leave it out in these triggers.'
      : `Admin Center > Objects and rules > Business rules > Triggers: give each of them the condition, under ALL, Tags > Contains none of the following > ${tags[0]}.`;
  const hint = `A contact whose e-mail address is known is mailed what is said in the chat, by ${named.join(', ')}${more}. ${remedy}`;
  return [{ ok: false, what, hint }];
}

function mailsContact({ actions }: Trigger): boolean {
  return membersOf(actionShape, actions).some(({ field, value }) => {
    const to: unknown = Array.isArray(value) ? value[0] : value;
    return field === 'notification_user' && contacts.includes(to);
  });
}

/** Whether a condition on tags keeps the trigger from tickets that have ours. */
function leavesOut({ conditions }: Trigger, tags: readonly string[]): boolean {
  return membersOf(conditionShape, conditions.all).some(({ field, operator, value }) => {
    if (field !== 'current_tags') return false;
    const named = value.toLowerCase().split(/[\s,]+/u);
    const isOurs = tags.some((tag) => named.includes(tag));
    return operator === 'not_includes' ? isOurs : operator === 'includes' && !isOurs;
  });
}
