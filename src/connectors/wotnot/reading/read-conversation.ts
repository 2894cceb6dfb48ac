import type { Variables } from '../../../domain/conversation.js';
import { isUsableId } from '../receiving/find-lane-key.js';
import { asText, cutText, firstText, pick, present } from '../pick.js';
import { readAssignee } from './read-assignee.js';
import { type FactOf, readContact } from './read-contact.js';
import { readStatus } from './read-status.js';
import { readVariables } from './read-variables.js';

/** A conversation's beginning, with all that WotNot says of it then. */
export function readConversation(
  event: Record<string, unknown>,
  laneKey: string,
): Omit<FactOf<'conversation-started'>, 'occurredAt'> {
  const payload = pick(event, 'event', 'payload');
  const read = readVariables(pick(payload, 'variables'));
  const { variables } = read;
  const title = asText(pick(payload, 'title'));
  return present<Omit<FactOf<'conversation-started'>, 'occurredAt'>>({
    type: 'conversation-started',
    contact: readContact(event, read),
    title: title && cutText(title, 500),
    channel: readChannel(payload, variables),
    status: readStatus(payload),
    assignee: readAssignee(payload),
    variables,
    aliases: readAliases(payload, variables).filter((alias) => alias !== laneKey),
  });
}

/** The channel's readable name is a variable; the payload itself has WotNot's number for it. */
function readChannel(payload: unknown, variables: Variables): string | undefined {
  const named = Object.hasOwn(variables, 'global_channel_name')
    ? variables['global_channel_name']
    : undefined;
  const channel = pick(payload, 'channel');
  const word = firstText(named, channel, pick(channel, 'name'));
  return word === undefined || /^\d+$/.test(word) ? undefined : cutText(word, 100);
}

/** Other ids by which WotNot may name the conversation. */
function readAliases(payload: unknown, variables: Variables): string[] {
  const url = Object.hasOwn(variables, 'conversation_url') ? (variables['conversation_url'] ?? '') : '';
  const tail = /\/conversations\/(?:[\w-]+\/)?([\w-]{8,128})\/?(?:[?#].*)?$/.exec(url)?.[1];
  const aliases = [firstText(pick(payload, 'external_key')), tail];
  return [...new Set(aliases.filter((alias) => alias !== undefined && isUsableId(alias)))] as string[];
}
