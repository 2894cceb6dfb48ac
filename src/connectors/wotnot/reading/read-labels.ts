import { cutText, firstPresent, firstText, isRecord, pick } from '../pick.js';
import type { FactOf } from './read-contact.js';

type LabelsFact = Pick<FactOf<'labels'>, 'labels' | 'change'>;

/** Changes to a conversation's labels: a whole list, or what was added and removed; [] when it says nothing. */
export function readLabels(payload: unknown): LabelsFact[] {
  const changes: LabelsFact[] = [];
  for (const [change, places] of [
    ['add', ['added', 'added_labels', 'labels_added']],
    ['remove', ['removed', 'removed_labels', 'labels_removed']],
  ] as const) {
    const value = firstPresent(...places.map((place) => pick(payload, place)));
    const labels = namesOf(value);
    if (labels.length > 0) changes.push({ labels, change });
  }
  if (changes.length > 0) return changes;

  const value = firstPresent(
    pick(payload, 'labels'),
    pick(payload, 'conversation_labels'),
    pick(payload, 'label'),
    Array.isArray(payload) || nameOf(payload) !== undefined ? payload : undefined,
  );
  if (value === undefined) return [];
  const change = changeWord(payload) ?? (Array.isArray(value) ? 'set' : 'add');
  const labels = namesOf(value);
  return labels.length > 0 || (change === 'set' && Array.isArray(value) && value.length === 0)
    ? [{ labels, change }]
    : [];
}

function namesOf(value: unknown): string[] {
  const names = (Array.isArray(value) ? value : [value]).map(nameOf);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function nameOf(label: unknown): string | undefined {
  const name = firstText(label, pick(label, 'name'), pick(label, 'label'), pick(label, 'title'));
  return name === undefined ? undefined : cutText(name, 200);
}

function changeWord(payload: unknown): LabelsFact['change'] | undefined {
  if (!isRecord(payload)) return undefined;
  const word = firstText(pick(payload, 'action'), pick(payload, 'operation'), pick(payload, 'change'));
  if (word === undefined) return undefined;
  if (/^(?:remove|delete|unassign|detach)/i.test(word)) return 'remove';
  if (/^(?:add|create|assign|attach)/i.test(word)) return 'add';
  return /^(?:set|replace|update)/i.test(word) ? 'set' : undefined;
}
