import { FailedCall } from '../../desk-kit/index.js';
import type { ChatwootClient } from './open-client.js';

/** The inbox whose conversations are the tickets. */
export function inboxOf({ settings }: ChatwootClient): number {
  if (settings.inboxId !== undefined) return settings.inboxId;
  const message =
    'The connection has no inbox yet. Rotate its secret, which registers it again and makes the inbox, or set inboxId.';
  throw new FailedCall({ outcome: 'credential', code: 'inbox_missing', message });
}
