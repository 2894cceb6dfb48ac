import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';

describe('a program with an API key', () => {
  onEachDatabase((kind) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    it('that does not say for whom speaks for the agent who has the conversation, else for the first one', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('is anybody there?');
      const ask = (path: string, method: string, body: object): Promise<Response> =>
        fetch(`${house.url}/v1/conversations/${conversationId}${path}`, {
          method,
          headers: { authorization: `Bearer ${house.apiKey}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      expect((await ask('/messages', 'POST', { type: 'text', text: 'yes, a program' })).status).toBe(202);
      expect((await ask('/notes', 'POST', { text: 'asked by the program' })).status).toBe(201);
      expect((await ask('/assignee', 'PUT', { agent: ADA.email })).status).toBe(202);
      expect((await ask('/close', 'POST', {})).status).toBe(202);
      await house.settle();
      const seen = await visitor.see();
      expect(seen.messages.filter(({ from }) => from === 'agent').map(({ text }) => text)).toEqual([
        'yes, a program',
      ]);
      expect(seen.status).toMatch(/clos/iu);
    });
  });
});
