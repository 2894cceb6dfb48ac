import { useState } from 'preact/hooks';
import { Leaf } from '../shop/icons.jsx';
import { ConversationList } from './conversation-list.jsx';
import { DeedForm } from './deed-form.jsx';
import { Deeds } from './deeds.jsx';
import { ToldEvents } from './told-events.jsx';
import { Transcript } from './transcript.jsx';
import { useOffice } from './use-office.js';

/** What WotNot's own screens would show, in small. */
export function Office() {
  const { overview, chosen, isLost, problem, choose, act } = useOffice();
  const [by, setBy] = useState('ada@fern.example');
  return (
    <div class={`office ${chosen ? 'has-chosen' : ''}`}>
      <header class="office-head">
        <span class="brand-mark" aria-hidden="true">
          <Leaf />
        </span>
        <h1>Back office</h1>
        <span class="sandbox-mark" title="A made-up WotNot account. Nothing leaves this machine.">
          Sandbox
        </span>
        <p class="quiet office-hook">
          {overview?.webhook.isEnabled ? (
            <>
              Events go to <code>{overview.webhook.url.replace(/(\/webhooks\/).+/, '$1…')}</code>
            </>
          ) : (
            'No webhook is set: events stay here.'
          )}
        </p>
        <a class="office-visit" href="/chat">
          Visitor’s page
        </a>
      </header>
      {isLost && (
        <p class="lost" role="alert">
          The sandbox does not answer. Trying again…
        </p>
      )}
      <div class="office-body">
        <nav class="office-side" aria-label="Conversations">
          {overview && (
            <ConversationList
              conversations={overview.conversations}
              chosenId={chosen?.id}
              onChoose={choose}
            />
          )}
        </nav>
        {chosen && overview ? (
          <>
            <main class="office-main">
              <div class="office-title">
                <button type="button" class="link office-back" onClick={() => choose(null)}>
                  ← All conversations
                </button>
                <h2>{chosen.contact?.name ?? 'Visitor'}</h2>
                <span class={`pill is-${chosen.status}`}>{chosen.status}</span>
              </div>
              <Transcript conversation={chosen} />
              {problem && (
                <p class="problem" role="alert">
                  {problem}
                </p>
              )}
              <label class="office-as">
                Acting as{' '}
                <select value={by} onChange={(event) => setBy(event.currentTarget.value)}>
                  {overview.users.map(({ email, name }) => (
                    <option key={email} value={email}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
              <DeedForm
                label="Write to the visitor"
                button="Send to the visitor"
                fields={[{ name: 'text', label: 'Message to the visitor', isLong: true }]}
                onDo={(fields) => act('message', { ...fields, by })}
              />
              <ToldEvents webhooks={chosen.webhooks} />
            </main>
            <Deeds conversation={chosen} overview={overview} by={by} act={act} />
          </>
        ) : (
          <main class="office-main is-empty">
            <p class="quiet">Choose a conversation to see and do what an agent in WotNot could.</p>
          </main>
        )}
      </div>
    </div>
  );
}
