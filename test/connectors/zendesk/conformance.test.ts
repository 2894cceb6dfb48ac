import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';
import { openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import { createFastClock } from '../../support/fast-clock.js';
import { describeDesk } from '../desks/conformance.js';

describeDesk('Zendesk', async () => {
  // The suite writes more in a minute than an account may.
  const now = createFastClock(60);
  const fake = await openFakeZendesk({ now });
  const connector = createZendeskConnector({ allowPrivate: true, counting: { now }, settleSeconds: 0 });
  const settings = connector.parseSettings(fake.settings);
  const credentials = connector.parseCredentials(fake.credentials);
  return { fake, connector, account: { settings, credentials } };
});
