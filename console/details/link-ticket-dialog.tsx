import { useState } from 'preact/hooks';
import { explainRefusal } from '../desk/explain-refusal.js';
import type { Thread } from '../desk/thread.js';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';

interface LinkTicketDialogProps {
  conversationId: string;
  thread: Thread;
  onClose: () => void;
}

export function LinkTicketDialog({ conversationId, thread, onClose }: LinkTicketDialogProps) {
  const { desk } = useDesk();
  const helpdesks = desk.connections.value.filter(
    ({ side, status }) => side === 'desk' && status !== 'disconnected',
  );
  const [connectionId, setConnectionId] = useState(helpdesks[0]?.id ?? '');
  const [ticket, setTicket] = useState('');
  const [url, setUrl] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const isReady = connectionId.trim() !== '' && ticket.trim() !== '' && !isBusy;

  const link = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const address = url.trim() === '' ? {} : { url: url.trim() };
      await desk.linkTicket({
        connectionId: connectionId.trim(),
        externalTicketId: ticket.trim(),
        conversationId,
        ...address,
      });
      await thread.readDetails();
      onClose();
    } catch (error) {
      setProblem(explainRefusal(error));
      setIsBusy(false);
    }
  };

  return (
    <Dialog title="Link a ticket" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void link();
        }}
      >
        <label class="field">
          <span>Helpdesk</span>
          {helpdesks.length > 0 ? (
            <select value={connectionId} onChange={(event) => setConnectionId(event.currentTarget.value)}>
              {helpdesks.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          ) : (
            <input
              value={connectionId}
              placeholder="con_…"
              spellcheck={false}
              onInput={(event) => setConnectionId(event.currentTarget.value)}
            />
          )}
        </label>
        <label class="field">
          <span>Number of the ticket</span>
          <input
            autofocus
            value={ticket}
            maxLength={200}
            spellcheck={false}
            onInput={(event) => setTicket(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Its address (optional)</span>
          <input
            type="url"
            value={url}
            maxLength={2_048}
            placeholder="https://…"
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        {problem !== '' && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={!isReady}>
            Link
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
