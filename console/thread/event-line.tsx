import type { Fact, FactType } from '../../src/contract/index.js';
import { nameOfAssignee } from '../ui/avatar.js';
import { useDesk } from '../ui/desk-context.js';
import { clockTime, wholeTime } from '../ui/times.js';

const loud: readonly FactType[] = ['sla.breached', 'action.delayed', 'action.failed'];

export function EventLine({ fact }: { fact: Fact }) {
  const { desk } = useDesk();
  const agentName = (email: string | undefined): string | undefined =>
    email === undefined ? undefined : email === desk.me.email ? 'you' : nameOf(email);
  const isBot = (email: string): boolean => desk.open.value?.bots.value.has(email) ?? false;
  const nameOf = (email: string): string =>
    desk.agents.value.find((agent) => agent.email === email)?.name ?? (isBot(email) ? 'the bot' : email);
  const isLoud = loud.includes(fact.type);
  return (
    <li class={`event ${isLoud ? 'event-loud' : ''}`}>
      <bdi>{sentenceOf(fact, desk.me.email, agentName)}</bdi>
      <time dateTime={fact.occurredAt} title={wholeTime(fact.occurredAt)}>
        {clockTime(fact.occurredAt)}
      </time>
    </li>
  );
}

function sentenceOf(
  fact: Fact,
  me: string,
  agentName: (email: string | undefined) => string | undefined,
): string {
  const by = (email: string | undefined): string => (email === undefined ? '' : ` by ${agentName(email)}`);
  switch (fact.type) {
    case 'conversation.opened':
      return 'Conversation started';
    case 'conversation.reopened':
      return `Opened again${by(fact.data.by)}`;
    case 'conversation.closed':
      return `Closed${by(fact.data.by)}`;
    case 'conversation.assigned': {
      const { assignee } = fact.data;
      if (assignee.type === 'nobody') return `Assigned to nobody${by(fact.data.by)}`;
      const name = nameOfAssignee(assignee, me);
      if (assignee.type === 'bot') return `Back with ${name === 'Bot' ? 'the bot' : name}`;
      const isOwnDoing = assignee.type === 'agent' && assignee.email === fact.data.by;
      return isOwnDoing
        ? `${name} took over`
        : `Assigned to ${name === 'You' ? 'you' : name}${by(fact.data.by)}`;
    }
    case 'labels.changed':
      return fact.data.labels.length === 0 ? 'Labels removed' : `Labels: ${fact.data.labels.join(', ')}`;
    case 'sla.breached':
      return `SLA breached${fact.data.name === undefined ? '' : `: ${fact.data.name}`}${fact.data.target === undefined ? '' : ` (${fact.data.target})`}`;
    case 'ticket.linked':
      return `Ticket ${fact.data.externalTicketId} linked`;
    case 'ticket.unlinked':
      return unlinkedSentence(fact.data);
    case 'action.delayed':
      return `Not done yet, and tried again: ${fact.data.action}. ${fact.data.failure.message}`;
    case 'action.failed':
      return `Could not be done: ${fact.data.action}. ${fact.data.failure.message}`;
    default:
      return fact.type;
  }
}

type Unlinked = Extract<Fact, { type: 'ticket.unlinked' }>['data'];

/** What became of the ticket, and what comes next. */
function unlinkedSentence({ externalTicketId, reason }: Unlinked): string {
  switch (reason) {
    case 'deleted':
      return `Ticket ${externalTicketId} was deleted in its desk. The contact’s next message makes a new one, unless the desk’s policy has create: never. Or link another ticket.`;
    case 'merged':
      return `Ticket ${externalTicketId} was merged into another in its desk. The conversation goes on with that one.`;
    case 'replaced':
      return `Ticket ${externalTicketId} takes nothing more: it is closed for good or was deleted. Another has taken its place.`;
    case undefined:
      return `Ticket ${externalTicketId} unlinked`;
  }
}
