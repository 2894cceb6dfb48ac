import { createWebhookConnector } from '../../../src/connectors/webhook/index.js';
import { openFakeWebhookDesk } from '../../fakes/webhook/open-fake-webhook-desk.js';
import { describeDesk } from '../desks/conformance.js';

describeDesk('A desk with a back end of its own', async () => {
  const fake = await openFakeWebhookDesk();
  const connector = createWebhookConnector({ allowPrivate: true });
  const settings = connector.parseSettings(fake.settings);
  return { fake, connector, account: { settings, credentials: fake.credentials } };
});
