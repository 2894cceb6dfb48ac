import type { WotNotClient } from '../../../wotnot/index.js';
import type { SendOutcome } from '../../connector.js';
import { asText, pick, present } from '../pick.js';
import { judgeFailure } from './judge-failure.js';

export interface Call {
  client: WotNotClient;
  signal: AbortSignal;
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
