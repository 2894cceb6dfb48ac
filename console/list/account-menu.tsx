import { useState } from 'preact/hooks';
import { ConnectionsDialog } from '../connections/connections-dialog.js';
import { isAlerting, setAlerting } from '../notify/alerting.js';
import { Avatar } from '../ui/avatar.js';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';
import { BellIcon, DoorIcon, PlugIcon } from '../ui/icons.js';

const keys: readonly [string, string][] = [
  ['j  k  ↓  ↑', 'Next and previous conversation'],
  ['/', 'Search'],
  ['r', 'Write a reply'],
  ['n', 'Write a note'],
  ['Enter', 'Send; with Shift a new line'],
  ['Esc', 'Out of the field, then back to the list'],
];

type Shown = 'nothing' | 'account' | 'connections';

export function AccountMenu() {
  const { desk } = useDesk();
  const [shown, setShown] = useState<Shown>('nothing');
  // A dialog that makes way for the other still tells that it closed.
  const leave = (which: Shown): void => setShown((now) => (now === which ? 'nothing' : now));
  return (
    <>
      <button
        type="button"
        class="face-button"
        aria-label={`${desk.me.name}: settings and sign out`}
        onClick={() => setShown('account')}
      >
        <Avatar name={desk.me.name} kind="agent" />
      </button>
      {shown === 'account' && (
        <AccountDialog onClose={() => leave('account')} onConnections={() => setShown('connections')} />
      )}
      {shown === 'connections' && <ConnectionsDialog onClose={() => leave('connections')} />}
    </>
  );
}

interface AccountDialogProps {
  onClose: () => void;
  onConnections: () => void;
}

function AccountDialog({ onClose, onConnections }: AccountDialogProps) {
  const { desk, signOut } = useDesk();
  const [problem, setProblem] = useState('');
  const toggle = async (isWanted: boolean): Promise<void> => {
    const outcome = await setAlerting(isWanted);
    setProblem(outcome === 'not_allowed' ? 'This browser does not allow notifications for this page.' : '');
  };
  return (
    <Dialog title={desk.me.name} onClose={onClose}>
      <p class="muted">
        {desk.me.email} · {desk.session.workspace.name}
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={isAlerting.value}
          onChange={(event) => void toggle(event.currentTarget.checked)}
        />
        <BellIcon />
        <span>A sound and a banner when a contact writes and this window is in the background</span>
      </label>
      {problem !== '' && <p role="alert">{problem}</p>}
      <h3>Keys</h3>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split('  ').map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onConnections}>
          <PlugIcon /> Connections
        </button>
        <button type="button" class="button" onClick={signOut}>
          <DoorIcon /> Sign out
        </button>
      </footer>
    </Dialog>
  );
}
