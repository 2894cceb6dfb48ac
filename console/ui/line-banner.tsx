import type { Line } from '../desk/line.js';
import { useDesk } from './desk-context.js';
import { CheckIcon, ClockIcon, PlugIcon } from './icons.js';
import { clockTime } from './times.js';

/**
 * Tells that the line to the bridge is away, and that it is back. Each pane has one, and the layout shows the one
 * that is seen. It lies where its coming and going move neither a field nor what is read.
 */
export function LineBanner() {
  const { desk } = useDesk();
  const line = desk.line.value;
  return (
    <div class={`line-banner line-${line.phase}`} role="status" aria-live="polite">
      {line.phase !== 'well' && (
        <div class="line-words">
          <LineIcon line={line} />
          <p>
            <LineWords line={line} />
          </p>
          {line.phase === 'lost' && (
            <button type="button" class="link" onClick={desk.reconnect}>
              Try now
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function LineIcon({ line: { phase } }: { line: Line }) {
  if (phase === 'lost') return <PlugIcon />;
  return phase === 'caught-up' ? <CheckIcon /> : <ClockIcon />;
}

function LineWords({ line: { phase, since, missed } }: { line: Line }) {
  switch (phase) {
    case 'well':
      return null;
    case 'connecting':
      return <>Connecting…</>;
    case 'lost':
      return (
        <>
          <strong>Connection lost</strong>
          {since > 0 && ` at ${clockTime(new Date(since).toISOString())}`}. Trying again; what you send is
          kept.
        </>
      );
    case 'catching-up':
      return <>{since > 0 && <strong>Connected again.</strong>} Catching up…</>;
    case 'caught-up':
      return (
        <>
          <strong>Caught up.</strong> {missedWords(missed)}
        </>
      );
  }
}

function missedWords(missed: number | undefined): string {
  if (missed === undefined) return 'Everything is on the screen.';
  if (missed === 0) return 'Nobody wrote meanwhile.';
  return missed === 1 ? 'One message came meanwhile.' : `${missed} messages came meanwhile.`;
}
