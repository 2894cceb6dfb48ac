import type { LinePhase } from '../desk/line.js';
import { useDesk } from '../ui/desk-context.js';

const words: Partial<Record<LinePhase, string>> = {
  connecting: 'Connecting…',
  lost: 'Reconnecting…',
  'catching-up': 'Catching up…',
};

/** A dot while all is well, a word when it is not; the banner says the rest, aloud too. */
export function ConnectionState() {
  const { desk } = useDesk();
  const worry = words[desk.line.value.phase];
  return (
    <p class={`connection connection-${worry === undefined ? 'live' : 'off'}`}>{worry ?? desk.me.name}</p>
  );
}
