import type { ComponentChildren } from 'preact';
import type { Connection } from '../../src/contract/index.js';
import { sizeWords } from '../thread/attachment-view.js';
import { listTime, spanOf, wholeTime } from '../ui/times.js';
import { standingOf } from './standing-of.js';

export function ConnectionCard({ connection }: { connection: Connection }) {
  const { name, connector, side, health, capabilities, pausedReason, registrationOwedAt } = connection;
  const standing = standingOf(connection);
  return (
    <li class="connection-card">
      <header class="connection-card-head">
        <h3>
          <bdi>{name}</bdi>
        </h3>
        <span class={`badge standing-${standing.mood}`}>{standing.words}</span>
      </header>
      <p class="muted">
        {side === 'chat' ? 'Chat' : 'Helpdesk'} · {connector}
      </p>
      {pausedReason !== undefined && connection.status === 'paused' && (
        <p class="problem" dir="auto">
          {pausedReason}
        </p>
      )}
      <dl class="pairs">
        <Pair name="Last event in">
          <Instant at={connection.lastInboundAt} />
        </Pair>
        <Pair name="Last delivery out">
          <Instant at={connection.lastDeliveredAt} />
        </Pair>
        {health !== undefined && (
          <>
            <Pair name="Waiting">{health.waiting}</Pair>
            {health.oldestWaitingAt !== undefined && (
              <Pair name="Oldest waiting since">
                <Instant at={health.oldestWaitingAt} />
              </Pair>
            )}
            <Pair name="Lag">{spanOf(health.waiting === 0 ? 0 : (health.oldestWaitingSeconds ?? 0))}</Pair>
            <Pair name="Uncertain">{health.uncertain}</Pair>
            <Pair name="Dead">{health.dead}</Pair>
            {health.breakerUntil !== undefined && health.breaker === 'open' && (
              <Pair name="Left alone until">
                <Instant at={health.breakerUntil} />
              </Pair>
            )}
          </>
        )}
        {registrationOwedAt !== undefined && (
          <Pair name="Not told of its webhook since">
            <Instant at={registrationOwedAt} />
          </Pair>
        )}
        {capabilities !== undefined && <Limits of={capabilities} />}
      </dl>
    </li>
  );
}

/** What it can carry, before anything is sent. */
function Limits({ of: limits }: { of: NonNullable<Connection['capabilities']> }) {
  const { carriesFiles, mostFileBytes, mostFilesPerMessage, mostTextCharacters } = limits;
  const { ticketBudget, callsPerMinute } = limits;
  return (
    <>
      <Pair name="Takes files">
        {carriesFiles ? `of ${sizeWords(mostFileBytes)}, ${mostFilesPerMessage} a message` : 'as links only'}
      </Pair>
      <Pair name="Longest message">{mostTextCharacters.toLocaleString('en')} characters</Pair>
      {ticketBudget !== undefined && (
        <Pair name="Changes of a ticket">
          {ticketBudget.most} in {spanOf(ticketBudget.seconds)}
        </Pair>
      )}
      {callsPerMinute !== undefined && <Pair name="Calls a minute">{callsPerMinute}</Pair>}
    </>
  );
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Instant({ at }: { at: string | undefined }) {
  if (at === undefined) return <>never</>;
  return (
    <time dateTime={at} title={wholeTime(at)}>
      {listTime(at)}
    </time>
  );
}
