import { changeConversation } from './change-conversation.js';
import { saveContact } from './find-contact.js';
import type { Conversation, Variable } from './rows.js';
import type { World } from './world.js';

/** Save variables on the conversation, or on its contact; answers them as a webhook lists them. */
export function setVariables(world: World, conversation: Conversation, given: Variable[]): Variable[] {
  const { records } = world;
  const current = records.conversations.get(conversation.id) ?? conversation;
  const variables = new Map(current.variables.map((variable) => [variable.name, variable]));
  for (const variable of given) {
    if (variable.type !== 'contact') {
      variables.set(variable.name, { ...variable, type: 'text' });
      continue;
    }
    const { name, value } = variable;
    const isOwnField = name === 'name' || name === 'email' || name === 'phone';
    const change = isOwnField ? { [name]: String(value) } : { customVariables: { [name]: value } };
    saveContact(world, { key: current.contactKey, ...change });
  }
  changeConversation(world, current, { variables: [...variables.values()] });
  return given.map(({ name, type, value }) => ({
    type: type === 'contact' ? 'contact' : 'text',
    name,
    value,
  }));
}
