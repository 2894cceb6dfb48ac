import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account, FileFetch } from '../../../src/connectors/connector.js';
import { createWebhookConnector } from '../../../src/connectors/webhook/index.js';
import type { FakeDesk } from '../../fakes/fake-desk.js';
import { openFakeWebhookDesk } from '../../fakes/webhook/open-fake-webhook-desk.js';

describe('a file of a desk’s back end', () => {
  const connector = createWebhookConnector({ allowPrivate: true });
  let fake: FakeDesk;
  let account: Account;
  beforeAll(async () => {
    fake = await openFakeWebhookDesk();
    account = { settings: connector.parseSettings(fake.settings), credentials: fake.credentials };
  });
  afterAll(async () => {
    connector.stop();
    await fake.close();
  });

  const fetchFrom = (url: string): Promise<FileFetch> =>
    connector.fetchFile({ url, name: 'a.txt' }, account, {
      signal: AbortSignal.timeout(9_000),
      maxBytes: 100,
    });

  it.each([
    [404, 'later'],
    [425, 'later'],
    [408, 'not_now'],
    [429, 'not_now'],
    [500, 'not_now'],
    [503, 'not_now'],
    [301, 'unavailable'],
    [401, 'unavailable'],
    [403, 'unavailable'],
    [410, 'unavailable'],
  ])('whose address answers %i is %s', async (status, outcome) => {
    fake.plant({ on: 'read', do: 'answer', status, headers: { location: `${fake.url}/elsewhere` } });
    expect(await fetchFrom(`${fake.url}/files/f1`)).toMatchObject({ outcome });
  });

  it('whose address nobody answers at may be had later', async () => {
    fake.plant({ on: 'read', do: 'refuse' });
    expect(await fetchFrom(`${fake.url}/files/f1`)).toMatchObject({ outcome: 'not_now' });
  });
});
