import type { ComponentChildren } from 'preact';
import type { Message } from '../../src/contract/index.js';
import { useDesk } from '../ui/desk-context.js';
import { AlertIcon, CheckIcon, ClockIcon, DoubleCheckIcon } from '../ui/icons.js';
import { wholeTime } from '../ui/times.js';

/** How far one of ours has come. */
export function MessageState({ message }: { message: Message }) {
  const { state, failure } = message;
  switch (state) {
    case 'received':
      return null;
    case 'queued':
    case 'sending':
      return failure === undefined ? (
        <State icon={<ClockIcon />} words={state === 'queued' ? 'Queued' : 'Sending'} />
      ) : (
        <State icon={<ClockIcon />} words={`Delayed: ${failure.message}`} tone="worry" />
      );
    case 'sent':
      return <Sent message={message} />;
    case 'uncertain':
      return <State icon={<AlertIcon />} words="Not known whether it arrived" tone="worry" />;
    case 'failed':
      return <NotDelivered message={message} />;
  }
}

function Sent({ message: { readAt, deliveredAt, sentAt } }: { message: Message }) {
  if (readAt !== undefined) return <State icon={<DoubleCheckIcon />} words="Read" at={readAt} tone="good" />;
  if (deliveredAt !== undefined)
    return <State icon={<DoubleCheckIcon />} words="Delivered" at={deliveredAt} />;
  return <State icon={<CheckIcon />} words="Sent" at={sentAt} />;
}

function NotDelivered({ message: { failure, deliveryId } }: { message: Message }) {
  const { desk } = useDesk();
  return (
    <>
      <State
        icon={<AlertIcon />}
        words={`Not delivered${failure === undefined ? '' : `: ${failure.message}`}`}
        tone="bad"
      />
      {deliveryId !== undefined && (
        <button type="button" class="link" onClick={() => void desk.redrive(deliveryId)}>
          Try again
        </button>
      )}
    </>
  );
}

interface StateProps {
  icon: ComponentChildren;
  words: string;
  at?: string | undefined;
  tone?: 'good' | 'worry' | 'bad';
}

function State({ icon, words, at, tone = 'good' }: StateProps) {
  return (
    <span class={`state state-${tone}`} title={at === undefined ? undefined : `${words} ${wholeTime(at)}`}>
      {icon} <bdi>{words}</bdi>
    </span>
  );
}
