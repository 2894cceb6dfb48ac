import { useState } from 'preact/hooks';
import { Moss } from '../shop/icons.jsx';

/** Before the first word: a name if the visitor likes, and one button. */
export function Welcome({ name, onStart }: { name: string; onStart: (name: string) => Promise<void> }) {
  const [given, setGiven] = useState(name);
  const [isBusy, setBusy] = useState(false);
  return (
    <form
      class="welcome"
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        void onStart(given.trim()).finally(() => setBusy(false));
      }}
    >
      <span class="welcome-moss" aria-hidden="true">
        <Moss />
      </span>
      <h2>Hello there</h2>
      <p>
        Ask about an order, a wilting fern, or anything else. Moss answers at once; people answer soon after.
      </p>
      <label>
        <span>
          What may we call you? <em>optional</em>
        </span>
        <input
          name="name"
          autoComplete="given-name"
          maxLength={80}
          value={given}
          onInput={(event) => setGiven(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={isBusy}>
        Start the chat
      </button>
    </form>
  );
}
