import type { Thread } from '../desk/thread.js';
import { AssignButton } from '../details/assign-button.js';
import { CloseButton } from '../details/close-button.js';
import { nameOfContact } from '../ui/avatar.js';
import { useDesk } from '../ui/desk-context.js';
import { channelName } from '../ui/channel-name.js';
import { BackIcon, ChannelIcon, ClockIcon, InfoIcon } from '../ui/icons.js';
import { StartingBadge } from '../ui/starting-badge.js';

export function ThreadHead({ thread }: { thread: Thread }) {
  const { desk, navigation } = useDesk();
  // The list knows most of it before the conversation itself has been read.
  const conversation = thread.conversation.value ?? desk.list.known.value.get(thread.conversationId);
  return (
    <header class="thread-head">
      <button
        type="button"
        class="icon-button back"
        aria-label="Back to the list"
        onClick={navigation.toList}
      >
        <BackIcon />
      </button>
      <div class="thread-title">
        <h2 dir="auto">{conversation === undefined ? '…' : nameOfContact(conversation.contact)}</h2>
        {conversation !== undefined && (
          <p class="thread-sub">
            <span class="chip-plain">
              <ChannelIcon channel={conversation.channel} /> <bdi>{channelName(conversation.channel)}</bdi>
            </span>
            {conversation.starting === true && <StartingBadge />}
            {conversation.status === 'closed' && <span class="badge">Closed</span>}
            {conversation.sla !== undefined && (
              <span class="badge badge-late">
                <ClockIcon /> SLA<span class="wide-only">{'\u00a0breached'}</span>
              </span>
            )}
          </p>
        )}
      </div>
      {conversation !== undefined && (
        <div class="thread-actions">
          <AssignButton conversation={conversation} />
          {conversation.status === 'open' && <CloseButton conversationId={conversation.id} />}
        </div>
      )}
      <button
        type="button"
        class="icon-button details-toggle"
        aria-label="Details"
        aria-expanded={navigation.isShowingDetails.value}
        onClick={() => navigation.showDetails(!navigation.isShowingDetails.value)}
      >
        <InfoIcon />
      </button>
    </header>
  );
}
