import { createChatwootConnector } from '../../../src/connectors/chatwoot/index.js';
import { openFakeChatwoot } from '../../fakes/chatwoot/open-fake-chatwoot.js';
import { createFastClock } from '../../support/fast-clock.js';
import { describeDesk } from '../desks/conformance.js';

describeDesk('Chatwoot', async () => {
  // The suite writes more in a minute than the account may.
  const now = createFastClock(60);
  const fake = await openFakeChatwoot({ now });
  const connector = createChatwootConnector({ allowPrivate: true, counting: { now } });
  const settings = connector.parseSettings(fake.settings);
  return { fake, connector, account: { settings, credentials: fake.credentials } };
});
