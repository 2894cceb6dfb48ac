import { timeOf } from '../chat/message-line.jsx';
import type { OfficeConversation } from './office-view.js';

const SHOWN = 30;

export function ToldEvents({ webhooks }: Pick<OfficeConversation, 'webhooks'>) {
  return (
    <details class="office-told">
      <summary>Told the bridge: {webhooks.length} events</summary>
      <ol class="told">
        {webhooks
          .slice(-SHOWN)
          .reverse()
          .map(({ n, type, state, createdAt }) => (
            <li key={n} class={`is-${state}`}>
              <span class="told-dot" aria-hidden="true" />
              <code>{type}</code>
              <span class="told-state">{state}</span>
              <time dateTime={createdAt}>{timeOf(createdAt)}</time>
            </li>
          ))}
      </ol>
    </details>
  );
}
