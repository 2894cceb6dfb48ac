import { useEffect, useState } from 'preact/hooks';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';
import { ConnectionCard } from './connection-card.js';

/** Who has this open waits for something to come right. */
const LOOK_MS = 5_000;

/** How it stands with each connection: what it is owed, since when, and whether it takes it. */
export function ConnectionsDialog({ onClose }: { onClose: () => void }) {
  const { desk } = useDesk();
  const [problem, setProblem] = useState('');
  const connections = desk.connections.value.filter(({ status }) => status !== 'disconnected');

  useEffect(() => {
    const look = async (): Promise<void> => {
      if (document.hidden) return;
      setProblem(
        (await desk.readConnections()) ? '' : 'What is shown may be old: the bridge does not answer.',
      );
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [desk]);

  return (
    <Dialog title="Connections" onClose={onClose}>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {connections.length === 0 && <p class="muted">This workspace is linked to nothing yet.</p>}
      <ul class="connections">
        {connections.map((connection) => (
          <ConnectionCard key={connection.id} connection={connection} />
        ))}
      </ul>
    </Dialog>
  );
}
