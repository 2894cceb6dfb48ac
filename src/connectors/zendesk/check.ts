import type { Account, CheckFinding } from '../connector.js';
import type { Failed } from './calling/judge-answer.js';
import { readMe } from './calling/me.js';
import type { Desk, DeskDoor } from './calling/open-desk.js';
import { judgeMail } from './check-mail.js';
import { zendeskCredentials } from './schema.js';
import { findAgent, listGroups } from './sending/find-staff.js';
import { readWebhook } from './register.js';

const DEADLINE_MILLISECONDS = 60_000;

/** Looks whether the account can be used, and says of each thing that is missing what to do. */
export async function check(door: DeskDoor, account: Account): Promise<CheckFinding[]> {
  const opened = door.open(account, { signal: AbortSignal.timeout(DEADLINE_MILLISECONDS) });
  if (opened.outcome === 'failed')
    return [
      {
        ok: false,
        what: 'The connection’s settings and credentials can be used.',
        hint: opened.failure.message,
      },
    ];
  const { desk } = opened;
  const what = 'Zendesk answers and accepts the credentials.';
  const me = await readMe(desk);
  if (me.outcome === 'failed') return [failing(what, me), ...judgeGrant(account)];
  const { role } = me.user;
  const isAdmin = role === 'admin';
  const findings: CheckFinding[] = [{ ok: true, what }, ...judgeGrant(account)];
  findings.push(
    isAdmin
      ? { ok: true, what: 'The user in whose name the bridge calls is an admin.' }
      : {
          ok: false,
          what: 'The user in whose name the bridge calls is an admin.',
          hint: `It is ${role ?? 'nobody'} there. Admin Center > People > Team members: make it an admin; webhooks and the list of changed tickets are for admins only.`,
        },
  );
  findings.push(await judgeTickets(desk), await judgeTeams(desk), await judgeWebhook(desk));
  return [...findings, ...(await judgeMail(desk)), ...(await judgeAgents(desk))];
}

function judgeGrant(account: Account): CheckFinding[] {
  const credentials = zendeskCredentials.safeParse(account.credentials);
  if (!credentials.success || credentials.data.grant !== 'api_token') return [];
  const hint =
    'API tokens stop on 30 April 2027. Make an OAuth client in Admin Center > Apps and integrations > APIs > OAuth clients, and give its id and secret with desk-bridge connection replace-credentials.';
  return [{ ok: false, what: 'The credentials are of a kind that stays.', hint }];
}

async function judgeTickets(desk: Desk): Promise<CheckFinding> {
  const what = 'Tickets can be read.';
  const asked = await desk.ask({ method: 'GET', path: '/api/v2/tickets?page%5Bsize%5D=1', changes: 'no' });
  if (asked.outcome === 'failed') return failing(what, asked);
  return Array.isArray(asked.body['tickets'])
    ? { ok: true, what }
    : { ok: false, what, hint: 'Zendesk’s answer could not be read. Check subdomain or baseUrl.' };
}

async function judgeTeams(desk: Desk): Promise<CheckFinding> {
  const { team, onSlaBreach } = desk.settings.policy;
  const wanted = [...new Set([team, onSlaBreach.team])].filter((name) => name !== '');
  const what = 'The groups that the policy names exist.';
  const listed = await listGroups(desk);
  if (listed.outcome === 'failed') return failing(what, listed);
  const names = new Set(listed.groups.map(({ name }) => name.trim().toLowerCase()));
  const missing = wanted.filter((name) => !names.has(name.trim().toLowerCase()));
  if (missing.length === 0) return { ok: true, what };
  return {
    ok: false,
    what,
    hint: `Zendesk has no group ${missing.join(', ')}. Correct policy.team or policy.onSlaBreach.team.`,
  };
}

async function judgeAgents(desk: Desk): Promise<CheckFinding[]> {
  const mapped = Object.keys(desk.settings.policy.agents).slice(0, 20);
  const missing: string[] = [];
  for (const email of mapped) {
    const found = await findAgent(desk, email);
    if (found.outcome === 'failed' && found.failure.code === 'agent_unknown') missing.push(email);
  }
  if (mapped.length === 0) return [];
  const what = 'The agents that the policy maps exist.';
  if (missing.length === 0) return [{ ok: true, what }];
  return [{ ok: false, what, hint: `Zendesk has no agent ${missing.join(', ')}. Correct policy.agents.` }];
}

async function judgeWebhook(desk: Desk): Promise<CheckFinding> {
  const what = 'The webhook is there and active.';
  const read = await readWebhook(desk);
  if (read.outcome === 'failed') return failing(what, read);
  if (read.outcome === 'missing')
    return { ok: false, what, hint: 'Make it again: desk-bridge connection rotate-token <connection>.' };
  if (read.isActive) return { ok: true, what };
  const hint =
    'Zendesk has switched it off, as it does after many failures. Admin Center > Apps and integrations > Webhooks: activate it.';
  return { ok: false, what, hint };
}

const failing = (what: string, { failure }: Failed): CheckFinding => ({
  ok: false,
  what,
  hint: failure.message,
});
