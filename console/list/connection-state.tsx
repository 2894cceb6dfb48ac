import { useEffect, useState } from 'preact/hooks';
import { useDesk } from '../ui/desk-context.js';

/** A dot while all is well; words only when it lasts, as a blink of the line is nobody's concern. */
export function ConnectionState() {
  const { desk } = useDesk();
  const state = desk.connectedness.value;
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    setIsLong(false);
    const timer = setTimeout(() => setIsLong(true), 1_200);
    return () => clearTimeout(timer);
  }, [state]);
  const isWorrying = state !== 'live' && isLong;
  return (
    <p class={`connection connection-${isWorrying ? 'off' : 'live'}`} role="status">
      {isWorrying ? (state === 'connecting' ? 'Connecting…' : 'Reconnecting…') : desk.me.name}
    </p>
  );
}
