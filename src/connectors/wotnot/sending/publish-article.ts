import type { ChatOrder } from '../../../domain/order.js';
import type { SendOutcome } from '../../connector.js';
import type { Call } from './call-wotnot.js';
import { judgeFailure } from './judge-failure.js';

type PublishOrder = Extract<ChatOrder, { kind: 'publish-article' }>;

/** How many of a knowledge base's sources are looked through for one that is there already. */
const LOOKED_THROUGH = 100;

/**
 * Adds a text or a page to a knowledge base. What is there already is not added again: an attempt whose
 * answer was lost is found by the name that it was given, a page by its address.
 */
export async function publishArticle(
  { client, options }: Call,
  order: PublishOrder,
  idempotencyKey: string,
): Promise<SendOutcome> {
  const { article, knowledgeBaseId: knowledge_base_id } = order;
  const name = article.as === 'url' ? article.url : nameOf(article.title, idempotencyKey);
  try {
    const base = await client.getKnowledgeBase(
      { knowledge_base_id, limit: LOOKED_THROUGH, offset: 1 },
      options,
    );
    const known = base.data_source.find(
      (source) => source.name === name || source.name === `${name}.txt` || source.source === name,
    );
    if (known !== undefined) return { outcome: 'delivered', externalId: known.id };
    const added =
      article.as === 'url'
        ? (await client.addWebpages({ knowledge_base_id, urls: [article.url] }, options)).data_sources
        : Object.values(
            (await client.uploadSources({ knowledge_base_id, sources: { [name]: textOf(article) } }, options))
              .sources,
          ).flat();
    const externalId = added[0]?.id;
    return { outcome: 'delivered', ...(externalId === undefined ? {} : { externalId }) };
  } catch (error) {
    return judgeFailure(error, true);
  }
}

/** A title for people, and what makes it this article and no other. */
const nameOf = (title: string, idempotencyKey: string): string =>
  `${title
    .replaceAll(/[^\p{L}\p{N} ._-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 80)} ${idempotencyKey}`.trim();

const textOf = ({ title, text }: { title: string; text: string }): string => `${title}\n\n${text}`;
