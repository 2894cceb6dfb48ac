import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';
import { openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import { describeDesk } from '../desks/conformance.js';

describeDesk('Zendesk', async () => {
  // The suite writes more in a minute than an account may; the budget has tests of its own.
  const fake = await openFakeZendesk({ budgets: { perAccount: Number.POSITIVE_INFINITY } });
  const connector = createZendeskConnector({ allowPrivate: true, settleSeconds: 0 });
  const settings = connector.parseSettings(fake.settings);
  const credentials = connector.parseCredentials(fake.credentials);
  return { fake, connector, account: { settings, credentials } };
});
