import { useState } from 'preact/hooks';
import type { Message } from '../../src/contract/index.js';
import { useDesk } from '../ui/desk-context.js';

/** Nobody but a person can tell: the other side neither confirmed nor denied it. */
export function UncertainQuestion({ message: { deliveryId } }: { message: Message }) {
  const { desk } = useDesk();
  const [isBusy, setIsBusy] = useState(false);
  if (deliveryId === undefined) return null;
  const answer = async (as: 'delivered' | 'resend' | 'cancel'): Promise<void> => {
    setIsBusy(true);
    await desk.resolve(deliveryId, as);
    setIsBusy(false);
  };
  return (
    <div class="question" role="group" aria-label="Did this message arrive?">
      <p>Nothing has confirmed this message. Sent again, the contact may get it twice.</p>
      <div class="question-answers">
        <button type="button" class="button small" disabled={isBusy} onClick={() => void answer('delivered')}>
          It arrived
        </button>
        <button type="button" class="button small" disabled={isBusy} onClick={() => void answer('resend')}>
          Send again
        </button>
        <button type="button" class="button small" disabled={isBusy} onClick={() => void answer('cancel')}>
          Do not send
        </button>
      </div>
    </div>
  );
}
