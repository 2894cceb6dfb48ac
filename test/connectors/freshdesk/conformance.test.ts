import { createFreshdeskConnector } from '../../../src/connectors/freshdesk/index.js';
import { openFakeFreshdesk } from '../../fakes/freshdesk/open-fake-freshdesk.js';
import { createFastClock } from '../../support/fast-clock.js';
import { describeDesk } from '../desks/conformance.js';

describeDesk('Freshdesk', async () => {
  // The suite writes more in a minute than the account may.
  const now = createFastClock(60);
  const fake = await openFakeFreshdesk({ now });
  const connector = createFreshdeskConnector({ allowPrivate: true, counting: { now } });
  const settings = connector.parseSettings(fake.settings);
  return { fake, connector, account: { settings, credentials: fake.credentials } };
});
