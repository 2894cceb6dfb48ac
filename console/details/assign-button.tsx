import { useState } from 'preact/hooks';
import type { Assign, Assignee, ConversationSummary } from '../../src/contract/index.js';
import { explainRefusal } from '../desk/explain-refusal.js';
import { AssigneeAvatar, Avatar, nameOfAssignee } from '../ui/avatar.js';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';
import { findAssignees } from './find-assignees.js';

export function AssignButton({ conversation }: { conversation: ConversationSummary }) {
  const { desk } = useDesk();
  const [isOpen, setIsOpen] = useState(false);
  const { assignee } = conversation;
  const name = nameOfAssignee(assignee, desk.me.email);
  return (
    <>
      <button
        type="button"
        class="button assign"
        aria-label={`Assigned to ${name}. Change`}
        onClick={() => setIsOpen(true)}
      >
        <AssigneeAvatar assignee={assignee} />
        <bdi class="assign-name">{assignee.type === 'nobody' ? 'Assign' : name}</bdi>
      </button>
      {isOpen && (
        <AssignDialog conversationId={conversation.id} assignee={assignee} onClose={() => setIsOpen(false)} />
      )}
    </>
  );
}

interface AssignDialogProps {
  conversationId: string;
  assignee: Assignee;
  onClose: () => void;
}

function AssignDialog({ conversationId, assignee, onClose }: AssignDialogProps) {
  const { desk } = useDesk();
  const [words, setWords] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const choices = findAssignees(desk, words);

  const assign = async (to: Assign): Promise<void> => {
    setIsBusy(true);
    try {
      await desk.assign(conversationId, to);
      onClose();
    } catch (error) {
      // Said here, as a notice would lie under the dialog.
      setProblem(explainRefusal(error));
      setIsBusy(false);
    }
  };

  return (
    <Dialog title="Assign to" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = choices;
          if (first !== undefined && words.trim() !== '') void assign(first.to);
        }}
      >
        <label class="field">
          <span>An agent’s name or e-mail, or a team</span>
          <input
            autofocus
            value={words}
            dir="auto"
            autoComplete="off"
            maxLength={200}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </label>
        {problem !== '' && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <ul class="choices">
          {choices.map(({ key, name, under, kind, to }) => (
            <li key={key}>
              <button
                type="button"
                class="choice"
                disabled={isBusy}
                aria-current={isCurrent(assignee, to) ? 'true' : undefined}
                onClick={() => void assign(to)}
              >
                <Avatar name={name} kind={kind} />
                <span class="choice-words">
                  <bdi>{name}</bdi>
                  <span class="muted">{under}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </form>
    </Dialog>
  );
}

function isCurrent(assignee: Assignee, to: Assign): boolean {
  if ('agent' in to) return assignee.type === 'agent' && assignee.email === to.agent;
  return assignee.type === 'team' && assignee.team === to.team;
}
