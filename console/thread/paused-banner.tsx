import type { Thread } from '../desk/thread.js';
import { useDesk } from '../ui/desk-context.js';
import { AlertIcon } from '../ui/icons.js';

/** The line to the contact, or one to a helpdesk, stands still: replies are kept and leave later. */
export function PausedBanner({ thread }: { thread: Thread }) {
  const { desk } = useDesk();
  const channel = thread.conversation.value?.connectionId;
  return (
    <>
      {[...desk.paused.value].map(([connectionId, { name, reason }]) => (
        <p class="banner" role="status" key={connectionId}>
          <AlertIcon />
          <span>
            <strong>{name} is paused</strong>
            {reason !== undefined && <> ({reason})</>}.{' '}
            {connectionId === channel
              ? 'What you send is kept and leaves as soon as it works again.'
              : 'Tickets there are updated later.'}
          </span>
        </p>
      ))}
    </>
  );
}
