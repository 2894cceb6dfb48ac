import type { Outgoing } from '../desk/outgoing.js';
import { useDesk } from '../ui/desk-context.js';
import { AlertIcon, ClockIcon, FileIcon, LockIcon } from '../ui/icons.js';
import { clockTime } from '../ui/times.js';

/** What was just said and has no answer yet; its place is the end. */
export function OutgoingBubble({ item }: { item: Outgoing }) {
  const isNote = item.saying.type === 'note';
  const text = textOf(item);
  const body = (
    <>
      {item.title !== '' && (
        <p class="bubble-kind">
          <FileIcon /> <bdi>{item.title}</bdi>
        </p>
      )}
      {text !== '' && (
        <p class="bubble-text" dir="auto">
          {text}
        </p>
      )}
    </>
  );
  if (isNote) {
    return (
      <li class="note note-waiting">
        <p class="note-head">
          <LockIcon /> <strong>You</strong> <span>only agents see this</span>
        </p>
        {body}
        <Progress item={item} />
      </li>
    );
  }
  return (
    <li class="said said-ours by-me said-on">
      <span class="said-face" />
      <div class="said-body">
        <div class={`bubble ${item.state === 'refused' ? 'bubble-failed' : 'bubble-waiting'}`}>{body}</div>
        <Progress item={item} />
      </div>
    </li>
  );
}

function Progress({ item }: { item: Outgoing }) {
  const { desk } = useDesk();
  const edit = (): void => {
    const mode = item.saying.type === 'note' ? 'note' : 'reply';
    const begun = desk.drafts.of(item.conversationId)[mode];
    const words = textOf(item);
    desk.drafts.change(item.conversationId, {
      mode,
      [mode]: begun.trim() === '' ? words : `${words}\n${begun}`,
    });
    desk.outgoing.discard(item.key);
  };
  if (item.state === 'refused') {
    return (
      <p class="said-foot" role="alert">
        <span class="state state-bad">
          <AlertIcon /> Not sent. {item.problem}
        </span>
        <button type="button" class="link" onClick={() => desk.outgoing.again(item.key)}>
          Try again
        </button>
        {textOf(item) !== '' && (
          <button type="button" class="link" onClick={edit}>
            Edit
          </button>
        )}
        <button type="button" class="link" onClick={() => desk.outgoing.discard(item.key)}>
          Discard
        </button>
      </p>
    );
  }
  return (
    <p class="said-foot">
      <time dateTime={item.saidAt}>{clockTime(item.saidAt)}</time>
      <span class={`state ${item.state === 'waiting' ? 'state-worry' : ''}`}>
        <ClockIcon /> {item.state === 'waiting' ? `Waiting. ${item.problem}` : 'Sending'}
      </span>
    </p>
  );
}

function textOf({ saying }: Outgoing): string {
  switch (saying.type) {
    case 'note':
    case 'text':
      return saying.text;
    case 'file':
      return saying.caption ?? '';
    case 'voice':
    case 'template':
      return '';
  }
}
