import { useState } from 'preact/hooks';
import { ArchIcon } from '../ui/icons.js';
import type { SignIn } from './sign-in.js';

export function SignInPage({ signIn }: { signIn: SignIn }) {
  const [link, setLink] = useState('');
  const isBusy = signIn.state.value === 'signing-in';
  if (isBusy) {
    return (
      <main class="sign-in" aria-busy="true">
        <div class="sign-in-card sign-in-wait">
          <ArchIcon class="sign-in-arch" />
          <p role="status">Signing you in…</p>
        </div>
      </main>
    );
  }
  return (
    <main class="sign-in">
      <form
        class="sign-in-card"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn.enterWithLink(link);
        }}
      >
        <ArchIcon class="sign-in-arch" />
        <h1>Agent desk</h1>
        <p>You sign in with a personal link. Open it, or paste it here.</p>
        {signIn.problem.value !== '' && (
          <p class="sign-in-problem" role="alert">
            {signIn.problem.value}
          </p>
        )}
        <label class="field">
          <span>Sign-in link</span>
          <input
            type="password"
            autoComplete="off"
            spellcheck={false}
            value={link}
            placeholder="https://…/#code=…"
            onInput={(event) => setLink(event.currentTarget.value)}
          />
        </label>
        <button class="button primary wide" type="submit" disabled={link.trim() === ''}>
          Sign in
        </button>
        <p class="sign-in-hint">
          No link yet? The person who runs your desk makes one for you. It works once.
        </p>
      </form>
    </main>
  );
}
