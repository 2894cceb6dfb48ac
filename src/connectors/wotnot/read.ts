import type { ChatFact } from '../../domain/chat-fact.js';
import type { Reading, RecordedEvent } from '../connector.js';
import { eventTime } from './event-time.js';
import { firstPresent, pick, present } from './pick.js';
import { readAssignee } from './reading/read-assignee.js';
import { readAuthor } from './reading/read-author.js';
import { readContact } from './reading/read-contact.js';
import { readConversation } from './reading/read-conversation.js';
import { readLabels } from './reading/read-labels.js';
import { readMessage } from './reading/read-message.js';
import { readNote } from './reading/read-note.js';
import { readReceipt } from './reading/read-receipt.js';
import { readSlaBreach } from './reading/read-sla-breach.js';
import { readStatus } from './reading/read-status.js';
import { readVariables } from './reading/read-variables.js';
import { type EventKind, eventKindOf } from './schema.js';

/** WotNot's word for a fact of ours. Pure and total: what cannot be read is a reason, never a throw. */
export function read(event: RecordedEvent): Reading {
  const kind = eventKindOf(event.kind);
  if (kind === undefined) return unrecognised('unknown_kind');
  if (event.laneKey === '') return unrecognised('bad_id');
  return readKind(kind, event.payload, event.laneKey);
}

function readKind(kind: EventKind, event: Record<string, unknown>, laneKey: string): Reading {
  const payload = pick(event, 'event', 'payload');
  if (typeof payload !== 'object' || payload === null) return unrecognised('no_payload');
  const occurredAt = eventTime(event)?.at;
  const by = readAuthor(
    firstPresent(pick(payload, 'by'), pick(event, 'event', 'by'), pick(payload, 'user', 'by')),
  );
  switch (kind) {
    case 'conversation_create':
      return fact({ ...readConversation(event, laneKey), ...present({ occurredAt }) });
    case 'message': {
      const message = readMessage(event);
      return message ? fact({ ...message, ...present({ occurredAt }) }) : unrecognised('no_message');
    }
    case 'status': {
      const status = readStatus(payload);
      return status
        ? fact({ type: 'status', status, ...present({ by, occurredAt }) })
        : unrecognised('unknown_status');
    }
    case 'assignee_change': {
      const assignee = readAssignee(payload);
      if (assignee === undefined) return unrecognised('unknown_assignee');
      return fact({ type: 'assignee', assignee, ...present({ by, occurredAt }) });
    }
    case 'variables': {
      const read = readVariables(
        firstPresent(pick(payload, 'variables'), pick(payload, 'variable'), payload),
      );
      const { variables, ofContact } = read;
      if (Object.keys({ ...variables, ...ofContact }).length === 0) return unrecognised('no_variables');
      const contact = readContact(event, read);
      return fact({ type: 'variables', variables, contact, ...present({ occurredAt }) });
    }
    case 'conversation_labels': {
      const changes = readLabels(payload);
      if (changes.length === 0) return unrecognised('no_labels');
      return facts(
        changes.map((change) => ({ type: 'labels' as const, ...change, ...present({ occurredAt }) })),
      );
    }
    case 'note': {
      const note = readNote(payload);
      return note ? fact({ ...note, ...present({ occurredAt }) }) : unrecognised('no_words');
    }
    case 'sla_breached': {
      const { breachedAt, ...breach } = readSlaBreach(payload);
      const at = breachedAt ?? occurredAt;
      // The epoch stands for "not said"; whoever records the fact knows when it came in.
      return fact({
        type: 'sla-breached',
        breach: { ...breach, breachedAt: at ?? new Date(0).toISOString() },
        ...present({ occurredAt: at }),
      });
    }
    case 'message_status': {
      const reading = readReceipt(payload);
      if (reading.outcome === 'unrecognised') return reading;
      if (reading.outcome === 'nothing_new') return facts([]);
      return fact({ ...reading.receipt, ...present({ occurredAt }) });
    }
  }
}

function fact(one: ChatFact): Reading {
  return facts([one]);
}

function facts(all: ChatFact[]): Reading {
  return { outcome: 'facts', facts: all };
}

function unrecognised(reason: string): Reading {
  return { outcome: 'unrecognised', reason };
}
