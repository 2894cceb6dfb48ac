import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeFailing } from './failing.js';
import { describeFinding } from './finding.js';
import { describeReading } from './reading.js';
import type { DeskStage, OpenStage } from './stage.js';
import { describeStatuses } from './statuses.js';
import { describeWebhooks } from './webhooks.js';
import { describeWriting } from './writing.js';

/** What every desk connector promises, against its vendor's fake or against the real one. */
export function describeDesk(name: string, open: OpenStage): void {
  describe(`${name} as a desk`, () => {
    let stage: DeskStage | undefined;
    const here = (): DeskStage => {
      if (stage === undefined) throw new Error('the desk is not open');
      return stage;
    };
    beforeAll(async () => {
      stage = await open();
    });
    afterEach(() => {
      stage?.fake.clearFaults();
    });
    afterAll(async () => {
      stage?.connector.stop?.();
      await stage?.fake.close();
    });
    describeWriting(here);
    describeReading(here);
    describeStatuses(here);
    describeFinding(here);
    describeFailing(here);
    describeWebhooks(here);

    it('never asked for more than the desk allows', () => {
      expect(here().fake.overLimit?.() ?? 0).toBe(0);
    });
  });
}
