import { createFreshdeskConnector } from '../../../src/connectors/freshdesk/index.js';
import { openFakeFreshdesk } from '../../fakes/freshdesk/open-fake-freshdesk.js';
import { describeDesk } from '../desks/conformance.js';

describeDesk('Freshdesk', async () => {
  const fake = await openFakeFreshdesk();
  const connector = createFreshdeskConnector({ allowPrivate: true });
  const settings = connector.parseSettings(fake.settings);
  return { fake, connector, account: { settings, credentials: fake.credentials } };
});
