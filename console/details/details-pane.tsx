import type { Conversation, ConversationSummary } from '../../src/contract/index.js';
import { AssigneeAvatar, Avatar, nameOfAssignee, nameOfContact } from '../ui/avatar.js';
import { channelName } from '../ui/channel-name.js';
import { useDesk } from '../ui/desk-context.js';
import { BackIcon, ClockIcon } from '../ui/icons.js';
import { LineBanner } from '../ui/line-banner.js';
import { LinkedText } from '../ui/linked-text.js';
import { wholeTime } from '../ui/times.js';
import { AssignButton } from './assign-button.js';
import { CloseButton } from './close-button.js';
import { TicketLinks } from './ticket-links.js';
import { VariableList } from './variable-list.js';

export function DetailsPane() {
  const { desk, navigation } = useDesk();
  const thread = desk.open.value;
  if (thread === undefined) return <aside class="details details-none" aria-hidden="true" />;
  const conversation = thread.conversation.value;
  const summary = conversation ?? desk.list.known.value.get(thread.conversationId);
  return (
    <aside class="details" aria-label="Details">
      <header class="details-head">
        <button
          type="button"
          class="icon-button"
          aria-label="Back to the conversation"
          onClick={() => navigation.showDetails(false)}
        >
          <BackIcon />
        </button>
        <h2>Details</h2>
      </header>
      {summary !== undefined && (
        <div class="details-scroll">
          <ContactCard conversation={summary} />
          <Standing conversation={summary} />
          {summary.labels.length > 0 && (
            <section class="card">
              <h3>Labels</h3>
              <ul class="labels">
                {summary.labels.map((label) => (
                  <li class="label" key={label} dir="auto">
                    {label}
                  </li>
                ))}
              </ul>
            </section>
          )}
          {conversation !== undefined && <TicketLinks conversation={conversation} thread={thread} />}
          {conversation !== undefined && (
            <VariableList title="Conversation" variables={conversation.variables} />
          )}
          <VariableList title="Contact" variables={summary.contact.variables} />
          <Times conversation={summary} />
        </div>
      )}
      <LineBanner />
    </aside>
  );
}

function ContactCard({ conversation: { contact } }: { conversation: ConversationSummary }) {
  const name = nameOfContact(contact);
  return (
    <section class="contact-card">
      <Avatar name={name} kind="contact" size="large" />
      <div class="contact-words">
        <h3 dir="auto">{name}</h3>
        {contact.email !== undefined && (
          <p>
            <LinkedText text={contact.email} />
          </p>
        )}
        {contact.phone !== undefined && <p>{contact.phone}</p>}
      </div>
    </section>
  );
}

function Standing({ conversation }: { conversation: ConversationSummary | Conversation }) {
  const { desk } = useDesk();
  const holder = nameOfAssignee(conversation.assignee, desk.me.email);
  return (
    <section class="card">
      <h3>Assigned to</h3>
      <p class="holder">
        <AssigneeAvatar assignee={conversation.assignee} />
        <bdi>{holder}</bdi>
      </p>
      {conversation.sla !== undefined && (
        <p class="sla">
          <ClockIcon />
          <span>
            <strong>SLA breached</strong> {wholeTime(conversation.sla.breachedAt)}
            {[conversation.sla.name, conversation.sla.target]
              .filter((part) => part !== undefined)
              .map((part) => (
                <bdi class="sla-part" key={part}>
                  {part}
                </bdi>
              ))}
          </span>
        </p>
      )}
      <div class="card-actions">
        <AssignButton conversation={conversation} />
        {conversation.status === 'open' && <CloseButton conversationId={conversation.id} />}
      </div>
    </section>
  );
}

function Times({ conversation }: { conversation: ConversationSummary }) {
  const rows: [string, string | undefined][] = [
    ['Channel', channelName(conversation.channel)],
    ['Started', wholeTime(conversation.startedAt)],
    ['Last activity', wholeTime(conversation.lastActivityAt)],
    ['Closed', conversation.closedAt === undefined ? undefined : wholeTime(conversation.closedAt)],
    ['Chat id', conversation.externalConversationId],
  ];
  return (
    <section class="card">
      <h3>About</h3>
      <dl class="pairs">
        {rows.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}
