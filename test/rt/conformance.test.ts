import { createRequestTrackerConnector } from '../../src/connectors/request-tracker/index.js';
import { describe } from 'vitest';
import { describeDesk } from '../connectors/desks/conformance.js';
import { openLab, rtIsInstalled } from './lab.js';
import { openRtDesk } from './rt-desk.js';

/** Installing and starting an RT is asked for: `npm run test:rt`. */
describe.skipIf(process.env['TEST_RT'] !== '1' || !rtIsInstalled)('with a real Request Tracker', () => {
  describeDesk('Request Tracker', async () => {
    const fake = await openRtDesk(await openLab());
    const connector = createRequestTrackerConnector({ allowPrivate: true });
    const account = {
      settings: connector.parseSettings(fake.settings),
      credentials: connector.parseCredentials(fake.credentials),
    };
    return { fake, connector, account };
  });
});
