import type { Mode } from '../desk/drafts.js';
import { nameOfAssignee } from '../ui/avatar.js';
import { useDesk } from '../ui/desk-context.js';

/** What a reply will do, where it does more than reply. */
export function ReplyHint({ conversationId, mode }: { conversationId: string; mode: Mode }) {
  const { desk } = useDesk();
  const conversation = desk.open.value?.conversation.value ?? desk.list.known.value.get(conversationId);
  if (conversation === undefined) return null;
  if (conversation.status === 'closed') {
    return (
      <p class="hint">
        Closed. When the contact writes again it opens, or another one begins; notes are always possible.
      </p>
    );
  }
  if (mode === 'note') return <p class="hint">Only agents see this.</p>;
  const { assignee } = conversation;
  switch (assignee.type) {
    case 'bot':
      return <p class="hint hint-strong">The bot is answering. Your reply takes the conversation over.</p>;
    case 'agent':
      if (assignee.email === desk.me.email) return null;
      return (
        <p class="hint hint-strong">
          <bdi>{nameOfAssignee(assignee)}</bdi> is on this conversation.
        </p>
      );
    case 'team':
      return (
        <p class="hint">
          Waiting for the team <bdi>{assignee.team}</bdi>.
        </p>
      );
    case 'nobody':
      return <p class="hint">Nobody has taken this yet.</p>;
  }
}
