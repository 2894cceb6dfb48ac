import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { waitFor } from '../support/wait-for.js';

describe('a webhook is found in the log by the id of its answer', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ database: 'embedded' });
  });
  afterAll(() => house?.close());

  const send = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(house.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const lineOf = (requestId: string, event: string) =>
    waitFor(`${event} with ${requestId}`, () =>
      house.log.find((line) => line.includes(requestId) && line.includes(`"${event}"`)),
    );
  const message = {
    event: { type: 'message', payload: { message: { type: 'text', text: 'hello' }, message_by: 'visitor' } },
    conversation: { key: 'cnv-1' },
    visitor: { key: 'vis-1' },
  };

  it.each([
    ['of a wrong token', { token: 'wrong', events: [message] }, {}, 'webhook_unauthorized'],
    ['of no JSON', 'x', { 'content-type': 'text/plain' }, 'unsupported_media_type'],
  ])('refused because %s', async (_why, body, headers, code) => {
    const response = await send(body, headers);
    const { error } = (await response.json()) as { error: { code: string; requestId: string } };
    expect([error.code, response.headers.get('x-request-id')]).toEqual([code, error.requestId]);
    expect(JSON.parse(await lineOf(error.requestId, 'webhook.refused'))).toMatchObject({ code });
  });

  it('accepted', async () => {
    const response = await send({ token: house.webhookToken, events: [message] });
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    const line = await lineOf(response.headers.get('x-request-id') ?? '', 'webhook.accepted');
    expect(JSON.parse(line)).toMatchObject({ recorded: 1, connectionId: house.connectionId });
  });
});
