import type { Principal } from '../access/principal.js';
import type { Article } from '../domain/order.js';
import type { DeliveryView, FactView, MessageView } from '../domain/views.js';
import { changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer, Publication, PublishInput } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

/** A conversation's beginning is enough for an article; what is longer is written by a person. */
const FACTS_READ = 1_000;

/** Owes what was learnt in a conversation to a knowledge base. */
export async function publish(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  input: PublishInput,
): Promise<DeskAnswer<Publication>> {
  const article = await writeArticle(deps, principal, conversationId, input);
  if (article.outcome === 'refused') return article;
  const { knowledgeBaseId } = input;
  return changeConversation<Publication>(deps, principal, conversationId, (change, row) => {
    const id = owe(change, { kind: 'publish-article', knowledgeBaseId, article: article.value });
    const value = { id, conversationId, connectionId: row.connection_id, status: 'in-progress' } as const;
    return { outcome: 'change', value };
  });
}

/** How far it is: on its way, being learnt, learnt, or failed. The outside is asked at that moment. */
export async function readPublication(
  deps: DeskDeps,
  principal: Principal,
  id: string,
): Promise<DeskAnswer<Publication>> {
  const delivery = await deps.deliveries.find(principal.scope, id);
  if (delivery?.kind !== 'publish-article') return refused('not_found', 'There is no such publication.');
  const { conversationId, connectionId, externalId } = delivery;
  const about = { id, conversationId, connectionId, ...(externalId === undefined ? {} : { externalId }) };
  switch (delivery.state) {
    case 'waiting':
    case 'sending':
    case 'uncertain':
      return done({ ...about, status: 'in-progress' });
    case 'dead':
    case 'cancelled':
      return done({ ...about, status: 'failed', failure: failureOf(delivery) });
    case 'delivered':
      break;
  }
  if (externalId === undefined) return done({ ...about, status: 'in-progress' });
  const training = await deps.readTraining(principal.scope, connectionId, externalId);
  if (training.outcome === 'refused') return training;
  if (training.value !== 'failed') return done({ ...about, status: training.value });
  const failure = { code: 'training_failed', message: 'The knowledge base could not learn from it.' };
  return done({ ...about, status: 'failed', failure });
}

const failureOf = ({ reason }: DeliveryView): { code: string; message: string } =>
  reason ?? { code: 'cancelled', message: 'It was cancelled.' };

async function writeArticle(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  input: PublishInput,
): Promise<DeskAnswer<Article>> {
  if (input.as === 'url') return done({ as: 'url', url: input.url });
  const conversation = await deps.list.read(principal.scope, conversationId);
  if (conversation === undefined) return refused('not_found', 'There is no such conversation.');
  const title = input.title ?? conversation.title ?? 'A conversation with our support';
  if (input.text !== undefined) return done({ as: 'text', title, text: input.text });
  const facts = await deps.feed.readConversation(principal.scope, conversationId, {
    after: 0,
    limit: FACTS_READ,
  });
  const text = transcribe(facts);
  return text === ''
    ? refused('nothing_to_publish', 'Nothing has been said in this conversation.')
    : done({ as: 'text', title, text });
}

/** What was said to and by the contact, each once, without anybody's name; notes stay inside. */
function transcribe(facts: FactView[]): string {
  const said = new Map<string, MessageView>();
  for (const { message } of facts)
    if (message !== undefined && message.state !== 'failed') said.set(message.id, message);
  return [...said.values()]
    .filter(({ text }) => text.trim() !== '')
    .map(({ author, text }) => `${author.type === 'contact' ? 'Question' : 'Answer'}: ${text.trim()}`)
    .join('\n\n');
}
