import { announced } from './announce.js';
import { useDesk } from './desk-context.js';
import { CloseIcon } from './icons.js';

export function NoticeBoard() {
  const { desk } = useDesk();
  return (
    <div class="notices" role="alert">
      {desk.notices.shown.value.map(({ key, text }) => (
        <p class="notice" key={key}>
          <span>{text}</span>
          <button
            type="button"
            class="icon-button"
            aria-label="Dismiss"
            onClick={() => desk.notices.dismiss(key)}
          >
            <CloseIcon />
          </button>
        </p>
      ))}
    </div>
  );
}

export function Announcer() {
  return (
    <div class="unseen" aria-live="polite" role="status">
      {announced.value}
    </div>
  );
}
