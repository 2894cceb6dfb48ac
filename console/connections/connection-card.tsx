import type { ComponentChildren } from 'preact';
import type { Connection } from '../../src/contract/index.js';
import { sizeWords } from '../thread/attachment-view.js';
import { listTime, spanOf, wholeTime } from '../ui/times.js';
import { standingOf } from './standing-of.js';

export function ConnectionCard({ connection }: { connection: Connection }) {
  const { name, connector, side, health, capabilities, pausedReason } = connection;
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
        {capabilities !== undefined && (
          <Pair name="Takes files of">
            {sizeWords(capabilities.mostFileBytes)}, {capabilities.mostFilesPerMessage} a message
          </Pair>
        )}
      </dl>
    </li>
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
