import { Leaf } from '../shop/icons.jsx';
import { arrangeLines, firstName } from './arrange-lines.js';
import { Composer } from './composer.jsx';
import { MessageLine } from './message-line.jsx';
import { OutgoingLine } from './outgoing-line.jsx';
import type { Talk } from './talk.js';
import type { ConversationHold } from './use-conversation.js';
import { useEnd } from './use-end.js';
import { useSeen } from './use-seen.js';
import { Welcome } from './welcome.jsx';

function whoIsThere({ view, link }: Talk): string {
  if (link === 'lost') return 'Reconnecting…';
  if (!view) return 'Happy to help';
  if (view.status === 'closed') return 'This conversation has ended';
  switch (view.assignee.type) {
    case 'bot':
      return 'With Moss, our helper';
    case 'agent':
      return `With ${firstName(view.assignee.name)}`;
    case 'team':
    case 'nobody':
      return 'Somebody will be with you soon';
  }
}

export function Chat({ talk, name, start, startAnew, sendText, sendFile, sendAgain }: ConversationHold) {
  const { view } = talk;
  useSeen(talk);
  const lines = view ? arrangeLines(view, talk.messages.values()) : [];
  const lastMessage = lines.findLast((line) => line.kind === 'message')?.key;
  const { scroller, content, hasNewer, goToEnd } = useEnd(lines.at(-1)?.key);
  const isClosed = view !== null && view.status === 'closed';

  return (
    <main class="chat" aria-label="Chat with Fern & Fable">
      <header class="chat-head">
        <span class="brand-mark" aria-hidden="true">
          <Leaf />
        </span>
        <div class="chat-title">
          <h1>Fern &amp; Fable</h1>
          <p role="status" class={`presence is-${talk.link}`}>
            {whoIsThere(talk)}
          </p>
        </div>
        <span
          class="sandbox-mark"
          title="A made-up shop in a sandbox. Nothing you write leaves this machine."
        >
          Sandbox
        </span>
      </header>

      <div class="scroll-area">
        <div class="scroller" ref={scroller} tabIndex={0} role="region" aria-label="Conversation">
          <div ref={content}>
            {!view && talk.outgoing.length === 0 && talk.link !== 'connecting' && (
              <Welcome name={name} onStart={start} />
            )}
            <ol class="lines" aria-live="polite" aria-relevant="additions">
              {lines.map((line) => {
                if (line.kind === 'day') {
                  return (
                    <li key={line.key} class="day">
                      <span>{line.label}</span>
                    </li>
                  );
                }
                if (line.kind === 'notice') {
                  return (
                    <li key={line.key} class="notice">
                      <span>{line.text}</span>
                    </li>
                  );
                }
                return (
                  <MessageLine
                    {...line}
                    key={line.key}
                    mayChoose={line.key === lastMessage && !isClosed && view?.assignee.type === 'bot'}
                    onChoose={(choice) => {
                      goToEnd();
                      sendText(choice);
                    }}
                  />
                );
              })}
              {talk.outgoing.map((item) => (
                <OutgoingLine key={item.clientId} item={item} onAgain={() => sendAgain(item.clientId)} />
              ))}
            </ol>
            {view?.typing && (
              <div class="typing" role="status">
                <span class="unseen">{view.typing} is writing</span>
                <span class="dots" aria-hidden="true">
                  <i />
                  <i />
                  <i />
                </span>
              </div>
            )}
            {isClosed && (
              <div class="ended">
                <p>Thank you for stopping by. 🌱</p>
                <button type="button" class="primary" onClick={() => void startAnew()}>
                  Start a new conversation
                </button>
              </div>
            )}
          </div>
        </div>
        {hasNewer && (
          <button type="button" class="newer" onClick={goToEnd}>
            New messages ↓
          </button>
        )}
      </div>

      {talk.link === 'lost' && (
        <p class="lost" role="alert">
          The connection is gone. We keep trying; nothing you write is lost.
        </p>
      )}
      <Composer
        isClosed={isClosed}
        onText={(text) => {
          goToEnd();
          sendText(text);
        }}
        onFile={(file) => {
          goToEnd();
          sendFile(file);
        }}
      />
    </main>
  );
}
