import { useEffect, useState } from 'preact/hooks';
import type { Conversation, TicketLink } from '../../src/contract/index.js';
import type { Thread } from '../desk/thread.js';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';
import { CloseIcon, OutsideIcon, PlusIcon, TicketIcon } from '../ui/icons.js';
import { OutsideLink } from '../ui/outside-link.js';
import { LinkTicketDialog } from './link-ticket-dialog.js';

/** What an agent does to a ticket elsewhere is no fact of the conversation: its status is read again. */
const LOOK_MS = 15_000;

export function TicketLinks({ conversation, thread }: { conversation: Conversation; thread: Thread }) {
  const [isAdding, setIsAdding] = useState(false);
  const hasTickets = conversation.ticketLinks.length > 0;
  useEffect(() => {
    if (!hasTickets) return undefined;
    const look = (): void => {
      if (!document.hidden) thread.readDetails().catch(() => undefined);
    };
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [thread, hasTickets]);
  return (
    <section class="card">
      <h3>Tickets</h3>
      {conversation.ticketLinks.length > 0 && (
        <ul class="tickets">
          {conversation.ticketLinks.map((link) => (
            <TicketRow key={`${link.connectionId}/${link.externalTicketId}`} link={link} thread={thread} />
          ))}
        </ul>
      )}
      <button type="button" class="link" onClick={() => setIsAdding(true)}>
        <PlusIcon /> Link a ticket
      </button>
      {isAdding && (
        <LinkTicketDialog
          conversationId={conversation.id}
          thread={thread}
          onClose={() => setIsAdding(false)}
        />
      )}
    </section>
  );
}

function TicketRow({ link, thread }: { link: TicketLink; thread: Thread }) {
  const { desk } = useDesk();
  const [isAsking, setIsAsking] = useState(false);
  const connection = desk.connections.value.find(({ id }) => id === link.connectionId);
  const remove = async (): Promise<void> => {
    setIsAsking(false);
    if (await desk.unlinkTicket(link.connectionId, link.externalTicketId)) await thread.readDetails();
  };
  const words = (
    <>
      <TicketIcon />
      <span class="ticket-words">
        <bdi>{link.externalTicketId}</bdi>
        {connection !== undefined && <span class="muted">{connection.name}</span>}
      </span>
      {link.ticketPriority !== undefined && link.ticketPriority !== 'normal' && (
        <span class="badge ticket-status" title="Priority">
          {link.ticketPriority}
        </span>
      )}
      {link.ticketStatus !== undefined && <span class="badge ticket-status">{link.ticketStatus}</span>}
    </>
  );
  return (
    <li class="ticket">
      {link.url === undefined ? (
        <span class="ticket-main">{words}</span>
      ) : (
        <OutsideLink class="ticket-main" url={link.url}>
          {words}
          <OutsideIcon class="ticket-out" />
        </OutsideLink>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={`Unlink ticket ${link.externalTicketId}`}
        onClick={() => setIsAsking(true)}
      >
        <CloseIcon />
      </button>
      {isAsking && (
        <Dialog title="Unlink this ticket?" onClose={() => setIsAsking(false)}>
          <p>The ticket stays; it is told nothing more of this conversation.</p>
          <footer class="dialog-foot">
            <button type="button" class="button" onClick={() => setIsAsking(false)}>
              Keep it
            </button>
            <button type="button" class="button primary" onClick={() => void remove()}>
              Unlink
            </button>
          </footer>
        </Dialog>
      )}
    </li>
  );
}
