import { createHash } from 'node:crypto';
import { type Principal, principalKey } from '../access/principal.js';
import { newId } from '../domain/ids.js';
import type { NoteView } from '../domain/views.js';
import { findActingAgent } from './acting-agent.js';
import { addFact, changeConversation } from './change-conversation.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';
import { judgeOrigin } from './judge-origin.js';

/** Says something among agents. It stays with us: WotNot has no way to be told. */
export async function addNote(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  note: { text: string; by?: string | undefined; originConnectionId?: string | undefined },
  idempotencyKey?: string,
): Promise<DeskAnswer<NoteView>> {
  const agent = await findActingAgent(deps, principal, note.by, conversationId);
  if (agent.outcome === 'refused') return agent;
  const origin = await judgeOrigin(deps, principal, note.originConnectionId);
  if (origin.outcome === 'refused') return origin;
  const id =
    idempotencyKey === undefined ? newId('note') : noteIdOf(principal, conversationId, idempotencyKey);
  return changeConversation<NoteView>(deps, principal, conversationId, async (change) => {
    if (idempotencyKey !== undefined) {
      const known = await deps.list.findNote(principal.scope, id);
      if (known !== undefined) {
        return known.text === note.text
          ? done(known)
          : refused('idempotency_key_reused', 'This idempotency key was used for another note.');
      }
    }
    const at = new Date();
    const author = { type: 'agent', email: agent.value.email, name: agent.value.name } as const;
    const seq = addFact(change, { type: 'note.added', data: { noteId: id } }, at);
    const added = { id, seq, author, text: note.text, occurredAt: at };
    change.notes.push({ ...added, originConnectionId: origin.value });
    const from = origin.value === undefined ? {} : { originConnectionId: origin.value };
    return { outcome: 'change', value: { ...added, ...from, conversationId } };
  });
}

function noteIdOf(principal: Principal, conversationId: string, key: string): string {
  const name = ['note', principal.scope.workspaceId, principalKey(principal), conversationId, key].join('\n');
  return `not_${createHash('sha256').update(name).digest('hex').slice(0, 26)}`;
}
