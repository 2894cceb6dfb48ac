import { createChatwootConnector } from '../../../src/connectors/chatwoot/index.js';
import { openFakeChatwoot } from '../../fakes/chatwoot/open-fake-chatwoot.js';
import { describeDesk } from '../desks/conformance.js';

describeDesk('Chatwoot', async () => {
  const fake = await openFakeChatwoot();
  const connector = createChatwootConnector({ allowPrivate: true });
  const settings = connector.parseSettings(fake.settings);
  return { fake, connector, account: { settings, credentials: fake.credentials } };
});
