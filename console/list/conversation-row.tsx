import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ConversationSummary } from '../../src/contract/index.js';
import { AssigneeAvatar, Avatar, nameOfAssignee, nameOfContact } from '../ui/avatar.js';
import { channelName } from '../ui/channel-name.js';
import { useDesk } from '../ui/desk-context.js';
import { ChannelIcon, ClockIcon } from '../ui/icons.js';
import { memo } from '../ui/memo.js';
import { StartingBadge } from '../ui/starting-badge.js';
import { listTime, wholeTime } from '../ui/times.js';

interface ConversationRowProps {
  conversation: ConversationSummary;
  isOpen: boolean;
}

function Row({ conversation, isOpen }: ConversationRowProps) {
  const { desk, navigation } = useDesk();
  const row = useRef<HTMLAnchorElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    // Stepping through the list moves it along. A conversation that was open before it was listed stays where
    // it is: an old one would pull the list to its end, page after page.
    if (isOpen && !wasOpen.current) row.current?.scrollIntoView({ block: 'nearest' });
    wasOpen.current = isOpen;
  }, [isOpen]);

  const name = nameOfContact(conversation.contact);
  // Of the counts and drafts of all conversations, a row follows its own.
  const counted = useComputed(() => desk.unread.counts.value.get(conversation.id) ?? 0).value;
  const isBegun = useComputed(() => desk.drafts.has(conversation.id)).value;
  const unread = isOpen && document.hasFocus() ? 0 : counted;
  const hasDraft = !isOpen && isBegun;
  const holder = nameOfAssignee(conversation.assignee, desk.me.email);
  return (
    <li>
      <a
        ref={row}
        class={`row ${isOpen ? 'row-current' : ''} ${unread > 0 ? 'row-unread' : ''} row-${conversation.status}`}
        href={`#conversation=${conversation.id}`}
        aria-current={isOpen ? 'true' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          navigation.open(conversation.id);
        }}
      >
        <span class="row-face">
          <Avatar name={name} kind="contact" />
          <span class="row-channel" title={channelName(conversation.channel)}>
            <ChannelIcon channel={conversation.channel} />
          </span>
        </span>
        <span class="row-body">
          <span class="row-line">
            <bdi class="row-name">{name}</bdi>
            {conversation.sla !== undefined && (
              <span class="badge badge-late" title={`SLA breached ${wholeTime(conversation.sla.breachedAt)}`}>
                <ClockIcon /> SLA
              </span>
            )}
            <time
              class="row-time"
              dateTime={conversation.lastActivityAt}
              title={wholeTime(conversation.lastActivityAt)}
            >
              {listTime(conversation.lastActivityAt)}
            </time>
          </span>
          <span class="row-line">
            <LastSaid conversation={conversation} hasDraft={hasDraft} />
            {unread > 0 && (
              <span class="count">
                {unread > 99 ? '99+' : unread}
                <span class="unseen"> unread</span>
              </span>
            )}
            {conversation.starting === true && <StartingBadge />}
            {conversation.status === 'closed' && <span class="badge">Closed</span>}
            <span class="row-holder" title={`Assigned to ${holder}`}>
              <AssigneeAvatar assignee={conversation.assignee} />
              <span class="unseen">{`Assigned to ${holder}`}</span>
            </span>
          </span>
        </span>
      </a>
    </li>
  );
}

/** A fact about one conversation draws one row. */
export const ConversationRow = memo(
  Row,
  (before, after) => before.conversation === after.conversation && before.isOpen === after.isOpen,
);

function LastSaid({ conversation, hasDraft }: { conversation: ConversationSummary; hasDraft: boolean }) {
  if (hasDraft) return <span class="row-text row-draft">Draft</span>;
  const last = conversation.lastMessage;
  if (last === undefined) return <span class="row-text">No messages yet</span>;
  const text = last.text.trim() || kindName(last.kind);
  return (
    <span class="row-text">
      {last.author.type === 'agent' && <span class="row-by">↩ </span>}
      {last.author.type === 'bot' && <span class="row-by">Bot: </span>}
      <bdi>{text.slice(0, 160)}</bdi>
    </span>
  );
}

/** The kind as a word, for messages that say nothing. */
function kindName(kind: string): string {
  const words = kind.replaceAll(/[-_.]/g, ' ').trim();
  return words === '' ? 'Message' : words.charAt(0).toUpperCase() + words.slice(1);
}
