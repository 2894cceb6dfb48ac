/**
 * A conversation that we start has no id outside until the outside has answered. Until then it carries one
 * that names the delivery which starts it.
 */
const PREFIX = 'starting:';

export const startingId = (deliveryId: string): string => `${PREFIX}${deliveryId}`;

export const isStarting = (externalConversationId: string): boolean =>
  externalConversationId.startsWith(PREFIX);

/** The delivery that starts it; undefined for a conversation that is there. */
export const startDeliveryOf = (externalConversationId: string): string | undefined =>
  isStarting(externalConversationId) ? externalConversationId.slice(PREFIX.length) : undefined;

const LEAST_DIGITS = 8;

/** Whether two spellings name one phone: with or without the country's code, however it is punctuated. */
export function isSamePhone(one: string, other: string): boolean {
  const [longer = '', shorter = ''] = [one, other]
    .map((phone) => phone.replaceAll(/\D/g, '').replace(/^0+/, ''))
    .sort((a, b) => b.length - a.length);
  return shorter.length >= LEAST_DIGITS && longer.endsWith(shorter);
}
