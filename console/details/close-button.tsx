import { useState } from 'preact/hooks';
import { useDesk } from '../ui/desk-context.js';
import { Dialog } from '../ui/dialog.js';
import { CheckIcon } from '../ui/icons.js';

/** The contact is told that the conversation is over, so it is asked once more. */
export function CloseButton({ conversationId }: { conversationId: string }) {
  const { desk } = useDesk();
  const [state, setState] = useState<'idle' | 'asking' | 'closing'>('idle');
  const close = async (): Promise<void> => {
    setState('closing');
    await desk.close(conversationId);
    setState('idle');
  };
  return (
    <>
      <button type="button" class="button" disabled={state === 'closing'} onClick={() => setState('asking')}>
        <CheckIcon /> <span>Close</span>
      </button>
      {state === 'asking' && (
        <Dialog title="Close this conversation?" onClose={() => setState('idle')}>
          <p>
            It leaves the open list here and in the chat. When the contact writes again it opens, or another
            one begins.
          </p>
          <footer class="dialog-foot">
            <button type="button" class="button" onClick={() => setState('idle')}>
              Keep it open
            </button>
            <button type="button" class="button primary" onClick={() => void close()}>
              Close it
            </button>
          </footer>
        </Dialog>
      )}
    </>
  );
}
