import type { Assignee } from '../../../domain/conversation.js';
import { asText, cutText, firstPresent, firstText, isRecord, pick, present } from '../pick.js';
import { readAuthor, readEmail, readName } from './read-author.js';

/** Every place where WotNot may put who holds a conversation, users first. */
const userPlaces = [
  ['assigned_to_user'],
  ['assignee', 'to'],
  ['assigned', 'to'],
  ['assigned_to'],
  ['user', 'to'],
  ['assignee'],
  ['to'],
];
const teamPlaces = [['assigned_to_team'], ['team', 'to'], ['team'], ['assigned_team']];

/** Who holds the conversation; undefined when the payload does not speak of it at all. */
export function readAssignee(payload: unknown): Assignee | undefined {
  const users = userPlaces.map((place) => pick(payload, ...place));
  const teams = teamPlaces.map((place) => pick(payload, ...place));
  const user = firstPresent(...users);
  if (user !== undefined) {
    const assignee = fromUser(user);
    if (assignee) return assignee;
  }
  const team = teamName(firstPresent(...teams));
  if (team !== undefined) return { type: 'team', team };
  if (user !== undefined) return undefined;
  const spokenOf = [...users, ...teams].some((value) => value !== undefined);
  return spokenOf ? { type: 'nobody' } : undefined;
}

function fromUser(user: unknown): Assignee | undefined {
  const word = asText(user);
  if (word !== undefined) return fromWord(word);
  if (!isRecord(user)) return undefined;
  if (Object.keys(user).length === 0) return { type: 'nobody' };
  if (asText(pick(user, 'type'))?.toLowerCase() === 'team') {
    const team = teamName(user);
    return team === undefined ? undefined : { type: 'team', team };
  }
  const author = readAuthor(user);
  if (author?.type === 'bot') return present<Assignee>({ type: 'bot', name: author.name });
  const email = author?.email ?? readEmail(firstText(pick(user, 'to'), pick(user, 'email')));
  return email === undefined ? undefined : present<Assignee>({ type: 'agent', email, name: readName(user) });
}

function fromWord(word: string): Assignee | undefined {
  const email = readEmail(word);
  if (email !== undefined) return { type: 'agent', email };
  switch (word.toLowerCase()) {
    case 'bot':
      return { type: 'bot' };
    case 'unassigned':
    case 'nobody':
    case 'none':
      return { type: 'nobody' };
    default:
      return undefined;
  }
}

function teamName(team: unknown): string | undefined {
  const name = firstText(team, pick(team, 'name'), pick(team, 'to'), pick(team, 'title'));
  return name === undefined ? undefined : cutText(name, 200);
}
