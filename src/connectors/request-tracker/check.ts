import { z } from 'zod';
import type { CheckFinding } from '../connector.js';
import { FailedCall } from '../desk-kit/index.js';
import { notUnderstood } from './calling/not-understood.js';
import type { Tracker } from './calling/open-tracker.js';
import { readPerson } from './calling/read-person.js';
import { type Queue, readQueue } from './calling/read-queue.js';
import { lookAtRights } from './check-rights.js';

const version = z.object({ Version: z.string() });

/** Looks whether RT can be used, and says what is missing and how to mend it. */
export async function check(tracker: Tracker): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [judgeAddress(tracker)];
  const steps = [lookAtVersion, lookAtUser, lookAtQueue, lookAtRights, lookAtGateway];
  for (const step of steps) {
    try {
      findings.push(...(await step(tracker)));
    } catch (error) {
      if (!(error instanceof FailedCall)) throw error;
      const what = 'Request Tracker answers, and accepts the token.';
      return [...findings, { ok: false, what, hint: error.failed.message }];
    }
  }
  return findings;
}

function judgeAddress({ settings }: Tracker): CheckFinding {
  const url = new URL(settings.baseUrl);
  const what = 'Calls to Request Tracker are encrypted, or stay on this machine.';
  const ok = url.protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u.test(url.hostname);
  return ok
    ? { ok, what }
    : { ok, what, hint: 'Set baseUrl to an https address: the token goes along with each call.' };
}

async function lookAtVersion(tracker: Tracker): Promise<CheckFinding[]> {
  const parsed = version.safeParse((await tracker.rest('GET', '/rt')).json);
  if (!parsed.success) throw notUnderstood('read');
  const what = `Request Tracker answers (version ${parsed.data.Version.slice(0, 40)}), and accepts the token.`;
  if (/^[5-9]\./u.test(parsed.data.Version)) return [{ ok: true, what }];
  return [{ ok: false, what: 'Request Tracker is version 5 or later.', hint: 'Update Request Tracker.' }];
}

async function lookAtUser(tracker: Tracker): Promise<CheckFinding[]> {
  const person = await readPerson(tracker, tracker.ownUserId);
  const what = 'The bridge’s user may be granted rights.';
  if (person?.privileged === true) return [{ ok: true, what }];
  return [{ ok: false, what, hint: 'Tick “Let this user be granted rights” at the user whose token it is.' }];
}

async function lookAtQueue(tracker: Tracker): Promise<CheckFinding[]> {
  const { queue: name, conversationField, tagsField } = tracker.settings;
  const queue = await readQueue(tracker, name);
  const found: CheckFinding = { ok: queue !== undefined, what: `There is a queue “${name}”.` };
  if (queue === undefined) {
    const hint = 'Create it, or set “queue” to another; grant the bridge’s user the right SeeQueue on it.';
    return [{ ...found, hint }];
  }
  const open: CheckFinding =
    queue.mayCreate && !queue.disabled
      ? { ok: true, what: `The bridge’s user may create tickets in “${name}”.` }
      : {
          ok: false,
          what: `The bridge’s user may create tickets in “${name}”.`,
          hint: 'Grant it the right CreateTicket on the queue, and see that the queue is enabled.',
        };
  const fields = [conversationField, ...(tagsField === '' ? [] : [tagsField])];
  return [found, open, ...fields.map((field) => judgeField(queue, field))];
}

function judgeField(queue: Queue, field: string): CheckFinding {
  const what = `Tickets in “${queue.name}” have the custom field “${field}”.`;
  if (queue.fields.includes(field)) return { ok: true, what };
  const hint =
    'Create it for tickets, apply it to the queue, and grant SeeCustomField and ModifyCustomField.';
  return { ok: false, what, hint };
}

/** An action that there is not: the gateway refuses it before it looks at anything else. */
async function lookAtGateway(tracker: Tracker): Promise<CheckFinding[]> {
  if (tracker.settings.writeAs === 'bridge') return [];
  const what = 'The bridge reaches Request Tracker’s mail gateway.';
  const hint =
    'Let the bridge’s address reach /REST/1.0/NoAuth/mail-gateway (and nobody else who need not), or set writeAs to bridge.';
  const form = new FormData();
  form.set('action', 'probe');
  form.set('queue', tracker.settings.queue);
  form.set('message', '');
  try {
    const answer = await tracker.mail(form);
    const told = answer.bytes.subarray(0, 100).toString('utf8');
    return /^(temporary failure|not ok)/iu.test(told) ? [{ ok: true, what }] : [{ ok: false, what, hint }];
  } catch (error) {
    if (error instanceof FailedCall) return [{ ok: false, what, hint }];
    throw error;
  }
}
