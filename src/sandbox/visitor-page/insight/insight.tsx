import type { ChatView, ToldEvent } from '../../chat/chat-view.js';
import { timeOf } from '../chat/message-line.jsx';

function assigneeInWords({ type, name }: ChatView['assignee']): string {
  switch (type) {
    case 'bot':
      return 'the bot';
    case 'nobody':
      return 'nobody';
    case 'team':
      return `team ${name ?? ''}`;
    case 'agent':
      return name ?? 'an agent';
  }
}

const states: Record<ToldEvent['state'], string> = {
  queued: 'waiting',
  delivered: 'delivered',
  failed: 'given up',
  dropped: 'dropped',
};

/** For whoever develops: what WotNot knows of the chat beside it, and what it has told the bridge. */
export function Insight({ view }: { view: ChatView | null }) {
  return (
    <aside class="insight" aria-label="What WotNot sees">
      <h2>What WotNot sees</h2>
      {!view && <p class="quiet">Start the chat and watch the events go out to the bridge.</p>}
      {view && (
        <>
          <dl class="facts">
            <dt>Status</dt>
            <dd>
              <span class={`pill is-${view.status}`}>{view.status}</span>
            </dd>
            <dt>Assignee</dt>
            <dd>{assigneeInWords(view.assignee)}</dd>
            <dt>Contact</dt>
            <dd>{view.visitorName}</dd>
            <dt>Id</dt>
            <dd>
              <code>{view.id}</code>
            </dd>
          </dl>
          <h3>Told the bridge</h3>
          {!view.isWebhookSet && (
            <p class="quiet">
              No webhook is set for this account, so nothing is sent. Connect a bridge to change that.
            </p>
          )}
          <ol class="told">
            {view.events.toReversed().map(({ n, type, about, state, at, tries }) => (
              <li key={n} class={`is-${state}`}>
                <span class="told-dot" aria-hidden="true" />
                <code>{type}</code>
                <span class="told-state">
                  {about === '' ? '' : `${about} · `}
                  {states[state]}
                  {tries > 1 ? `, ${tries} tries` : ''}
                </span>
                <time dateTime={at}>{timeOf(at)}</time>
              </li>
            ))}
          </ol>
        </>
      )}
    </aside>
  );
}
