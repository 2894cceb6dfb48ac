import type { BrokenPromise, Campaign } from '../campaign.js';
import { underLoad } from '../under-load.js';
import { killAgainAndAgain } from './kill-random.js';

const SHORT_CYCLES = 4;
const CONVERSATIONS = 60;
/** WotNot has a message for so long before it answers: some are there at every kill. */
const ANSWERS_AFTER_MILLISECONDS = 250;

/**
 * kill -9 at a random moment where WotNot tells no echoes and the workspace wants what is uncertain sent again: what was
 * received twice says so, and is never more than was being sent when the process died.
 */
export const campaign: Campaign = {
  name: 'kill-silent',
  ids: ['F01', 'F45'],
  // Only a server can be asked while the bridge is away.
  databases: ['server'],
  async run(context) {
    const inDoubt = new Map<string, ReadonlySet<string>>();
    let inFlight = 0;
    const result = await underLoad(context, {
      stage: {
        name: 'kill-silent',
        echo: false,
        conversations: CONVERSATIONS,
        env: { UNCERTAIN_GRACE_SECONDS: '2' },
      },
      driver: { perSecond: 60 },
      inDoubt,
      async hurt(stage, driver, pause) {
        const delay = { do: 'delay', ms: ANSWERS_AFTER_MILLISECONDS, after: true } as const;
        await stage.farSide.plant({ ...delay, operation: 'send-message' });
        await stage.database.ask(
          `UPDATE workspaces SET settings = jsonb_set(settings, '{uncertainPolicy}', '"resend"')`,
        );
        const kills = await killAgainAndAgain(
          { context, stage, driver, pause, inDoubt },
          context.cycles ?? SHORT_CYCLES,
        );
        await stage.farSide.clearFaults();
        for (const lanes of inDoubt.values()) inFlight += lanes.size;
        return kills;
      },
    });
    const doubled = (result.counts.doubledAndFlagged ?? 0) + (result.counts.duplicateSend ?? 0);
    const violations: BrokenPromise[] = [];
    const blame = (about: string, detail: string): void => {
      violations.push({ class: 'promise', about, detail });
    };
    if (doubled === 0) blame('something is received twice', 'nothing was: the promise was not tried');
    if (doubled > inFlight)
      blame('never more than was in flight', `${doubled} twice, ${inFlight} in flight at the kills`);
    return {
      ...result,
      violations: [...result.violations, ...violations],
      figures: { ...result.figures, inFlight, doubled },
    };
  },
};
