import { assign, findAgent, findTeam } from '../assign.js';
import { changeConversation } from '../change-conversation.js';
import { close } from '../close.js';
import { type Fields, readText } from '../control/read-fields.js';
import { emit } from '../emit.js';
import { newKey } from '../new-key.js';
import { nextNumber } from '../records.js';
import type { Assignee, Conversation } from '../rows.js';
import { setVariables } from '../set-variables.js';
import { timestamp } from '../timestamp.js';
import { toHtml } from '../webhook-events.js';
import type { World } from '../world.js';
import { writeAsAgent } from '../write-as-agent.js';

export type Deed = { outcome: 'done' } | { outcome: 'refused'; message: string };
type Act = (world: World, conversation: Conversation, fields: Fields, by: string) => Deed;

const done: Deed = { outcome: 'done' };
const refused = (message: string): Deed => ({ outcome: 'refused', message });

function readAssignee(world: World, to: string): Assignee | undefined {
  if (to === 'bot' || to === 'nobody') return { type: to };
  return findTeam(to) ?? findAgent(world, to);
}

const assignTo: Act = (world, conversation, fields, by) => {
  const to = readAssignee(world, readText(fields, 'to', 320) ?? '');
  if (conversation.status === 'closed') return refused('The conversation is closed.');
  if (!to) return refused('There is no such agent or team.');
  assign(world, conversation, to, by);
  return done;
};

const closeIt: Act = (world, conversation, _fields, by) => {
  close(world, conversation, by);
  return done;
};

const addNote: Act = (world, conversation, fields, by) => {
  const text = readText(fields, 'text');
  if (text === undefined) return refused('A note needs a text.');
  const note = { id: newKey(), text, by, at: world.now().toISOString() };
  changeConversation(world, conversation, { notes: [...conversation.notes, note] });
  void emit(world, conversation.id, 'note', {
    note: { id: note.id, text: toHtml(text) },
    by: { email: by, type: 'agent' },
    created_at: timestamp(note.at),
  });
  return done;
};

const addLabel: Act = (world, conversation, fields) => {
  const name = readText(fields, 'name', 60)?.trim();
  if (!name) return refused('A label needs a name.');
  if (conversation.labels.some((label) => label.name === name)) return done;
  const labels = [...conversation.labels, { id: nextNumber(world.records, 'label', 501), name }];
  changeConversation(world, conversation, { labels });
  void emit(world, conversation.id, 'conversation_labels', { labels });
  return done;
};

const setVariable: Act = (world, conversation, fields) => {
  const name = readText(fields, 'name', 100)?.trim();
  if (!name) return refused('A variable needs a name.');
  const value = readText(fields, 'value') ?? '';
  const type = readText(fields, 'on', 20) === 'contact' ? 'contact' : 'conversation';
  const variables = setVariables(world, conversation, [{ name, type, value }]);
  void emit(world, conversation.id, 'variables', { variables });
  return done;
};

const breachSla: Act = (world, conversation, fields) => {
  const name = readText(fields, 'name', 100) ?? 'First response';
  const minutes = Number(fields['minutes'] ?? 5);
  void emit(world, conversation.id, 'sla_breached', {
    sla: { id: 31, name, target: name.toLowerCase().replaceAll(' ', '_'), minutes },
    breached_at: timestamp(world.now()),
  });
  return done;
};

const say: Act = (world, conversation, fields, by) => {
  const text = readText(fields, 'text');
  if (text === undefined) return refused('A message needs a text.');
  if (conversation.status === 'closed') return refused('The conversation is closed.');
  if (conversation.assignee.type === 'bot') return refused('The bot has the conversation: assign it first.');
  const name = findAgent(world, by)?.name ?? by;
  writeAsAgent(world, conversation, { type: 'text', text, agent: { email: by, name } }, undefined);
  return done;
};

const acts: Record<string, Act> = {
  assign: assignTo,
  close: closeIt,
  note: addNote,
  label: addLabel,
  variable: setVariable,
  'sla-breach': breachSla,
  message: say,
};

/** What somebody does in WotNot's own screens; each emits the true webhook. */
export function act(world: World, conversation: Conversation, deed: string, fields: Fields): Deed {
  const by = readText(fields, 'by', 320) ?? 'ada@fern.example';
  const chosen = Object.hasOwn(acts, deed) ? acts[deed] : undefined;
  return chosen ? chosen(world, conversation, fields, by) : refused('There is no such action.');
}
