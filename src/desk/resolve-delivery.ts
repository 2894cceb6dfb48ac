import type { Principal } from '../access/principal.js';
import { isSamePhone } from '../domain/starting.js';
import type { DeliveryView } from '../domain/views.js';
import { stateKey } from '../store/conversation-state.js';
import type { DeskAnswer, Resolution } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

/** Clocks differ, and a webhook may be faster than our own record of the attempt. */
const LEEWAY_MILLISECONDS = 60_000;

/**
 * Says what an uncertain delivery was. A start that has arrived may be given the outside's id of its
 * conversation, then or later: without it nothing can be said in that conversation, and it is closed.
 */
export async function resolveDelivery(
  deps: DeskDeps,
  principal: Principal,
  deliveryId: string,
  { as, externalConversationId }: Resolution,
): Promise<DeskAnswer<DeliveryView>> {
  const before = await deps.deliveries.find(principal.scope, deliveryId);
  if (before === undefined) return refused('not_found', 'There is no such delivery.');
  const isStart = before.kind === 'start-conversation' && as === 'delivered';
  if (externalConversationId !== undefined) {
    if (!isStart)
      return refused('not_supported', 'Only a start that has arrived gives a conversation its id.');
    if (before.state !== 'delivered' && !isAskedAbout(before)) return notUncertain();
    const refusal = await refuseStranger(deps, principal, before, externalConversationId);
    if (refusal !== undefined) return refusal;
    // Named first: who is cut off in between may simply repeat it.
    await deps.starter.name({ scope: principal.scope, ...before }, externalConversationId);
  }
  const isResolved = await deps.deliveries.resolve(principal.scope, deliveryId, as);
  const isNamed = externalConversationId !== undefined && before.state === 'delivered';
  if (!isResolved && !isNamed) return notUncertain();
  return done((await deps.deliveries.find(principal.scope, deliveryId)) ?? before);
}

const isAskedAbout = ({ state, flags }: DeliveryView): boolean =>
  state === 'uncertain' && flags.includes('asked');

const notUncertain = () =>
  refused('delivery_not_uncertain', 'Only an uncertain delivery that was asked about can be resolved.');

/** An id that is another conversation's: taking that one in would mix what two contacts have said. */
async function refuseStranger(
  deps: DeskDeps,
  principal: Principal,
  start: DeliveryView,
  externalConversationId: string,
): Promise<DeskAnswer<never> | undefined> {
  const key = {
    workspaceId: principal.scope.workspaceId,
    connectionId: start.connectionId,
    externalConversationId,
    externalMessageIds: [],
    mayEcho: false,
  };
  const [states, ours] = await Promise.all([
    deps.conversations.readStates([key]),
    deps.conversations.readById(principal.scope, start.conversationId),
  ]);
  const there = states.get(stateKey(key));
  if (there === undefined || there.row.id === start.conversationId) return undefined;
  const phones = [there.contact?.phone, ours?.contact?.phone];
  const [theirs, called] = phones;
  const isOlder = Date.parse(there.row.started_at) < start.createdAt.getTime() - LEEWAY_MILLISECONDS;
  const isSomebodyElse = Boolean(theirs && called && !isSamePhone(theirs, called));
  return isOlder || isSomebodyElse
    ? refused('already_exists', 'That is the id of another conversation, which is here already.')
    : undefined;
}
