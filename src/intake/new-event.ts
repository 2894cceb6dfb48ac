import { createHmac } from 'node:crypto';
import type { SplitEvent } from '../connectors/connector.js';
import type { Side } from '../domain/conversation.js';
import type { NewInboundEvent } from '../store/inbox.js';
import type { InboundLane } from '../store/nudges.js';
import type { WorkspaceScope } from '../store/scope.js';

/** With neither id nor time, an equal event this soon after another is taken for a repeat. */
const REPEAT_SECONDS = 3;

/** An event of a webhook as the inbox takes it; `hashKey` keys the hash under which it is remembered. */
export function newEvent(
  scope: WorkspaceScope,
  connectionId: string,
  event: SplitEvent,
  hashKey: Buffer,
): NewInboundEvent {
  const hash = (text: string): string => createHmac('sha256', hashKey).update(text).digest('base64url');
  return {
    scope,
    connectionId,
    laneKey: event.laneKey,
    kind: event.kind,
    key: hash(`${event.laneKey}\n${event.kind}\n${event.identity}`).slice(0, 27),
    ...(event.says === undefined ? {} : { says: hash(event.says).slice(0, 22) }),
    repeatSeconds: event.identityBy === 'content' ? REPEAT_SECONDS : 0,
    payload: event.payload,
    flags: event.flags,
    ...(event.unrecognised === undefined ? {} : { unrecognised: event.unrecognised }),
  };
}

/** The lanes of one connection in which these events wait, each once. */
export function lanesOf(events: NewInboundEvent[], side: Side): InboundLane[] {
  const lanes = new Map<string, InboundLane>();
  for (const { scope, connectionId, laneKey } of events) {
    lanes.set(laneKey, {
      workspaceId: scope.workspaceId,
      connectionId,
      laneKey,
      ...(side === 'desk' ? { side } : {}),
    });
  }
  return [...lanes.values()];
}
