import type { CallOptions, WotNotClient } from '../../../wotnot/index.js';
import type { SendOutcome } from '../../connector.js';
import { asText, pick, present } from '../pick.js';
import { judgeFailure } from './judge-failure.js';

export interface Call {
  client: WotNotClient;
  /** Of every call that belongs to the order: when to give up, and whom to tell that something leaves. */
  options: Required<Pick<CallOptions, 'signal' | 'onLeaving'>>;
}

/** One call: delivered, or what its failure means. */
export async function callWotNot(
  run: () => Promise<object>,
  options: { mayBeSent: boolean },
): Promise<SendOutcome> {
  try {
    const answer = await run();
    const externalId = asText(pick(answer, 'message_id'));
    return { outcome: 'delivered', ...present({ externalId }) };
  } catch (error) {
    return judgeFailure(error, options.mayBeSent);
  }
}
