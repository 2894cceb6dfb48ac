import { timeOf } from '../chat/message-line.jsx';
import { assigneeName, type OfficeBrief } from './office-view.js';

interface Props {
  conversations: OfficeBrief[];
  chosenId: string | undefined;
  onChoose: (id: string) => void;
}

export function ConversationList({ conversations, chosenId, onChoose }: Props) {
  if (conversations.length === 0) {
    return (
      <p class="quiet office-empty">
        Nobody has written yet. Open the <a href="/chat">visitor’s page</a> and say hello.
      </p>
    );
  }
  return (
    <ul class="office-list">
      {conversations.map((conversation) => (
        <li key={conversation.id}>
          <button
            type="button"
            aria-current={conversation.id === chosenId ? 'true' : undefined}
            onClick={() => onChoose(conversation.id)}
          >
            <span class="office-name">{conversation.contact?.name ?? 'Visitor'}</span>
            <time dateTime={conversation.createdAt}>{timeOf(conversation.createdAt)}</time>
            <span class="office-last">
              {conversation.lastMessage?.text ?? conversation.lastMessage?.file?.name ?? 'Nothing said yet'}
            </span>
            <span class="office-who">
              {conversation.status === 'closed' ? 'closed' : assigneeName(conversation.assignee)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
