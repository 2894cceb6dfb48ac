import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationQuery } from '../../src/client/index.js';
import { type House, openHouse } from '../support/house.js';
import { ADA, type Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const SMS_FROM = '11231231230';

describe('a list of conversations has those that were asked for, and no others', () => {
  onEachDatabase((kind) => {
    let house: House;
    /** Each group of lists has a workspace of its own, so that a list can be told to the last one. */
    let place: Tenancy;
    /** What each conversation is called here, by its id. */
    const names = new Map<string, string>();
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    const found = async (query: ConversationQuery): Promise<string[]> => {
      const { data } = await place.ada.conversations.list({ limit: 200, ...query });
      return data.map(({ id }) => names.get(id) ?? id).sort();
    };
    const arrive = async (
      name: string,
      words: { text?: string; name?: string; email?: string; human?: boolean; to?: string },
    ): Promise<{ id: string; externalId: string }> => {
      const { to, ...rest } = words;
      const visitor = await place.arrive(rest);
      const id = await place.conversationOf(visitor);
      names.set(id, name);
      if (to !== undefined) await place.act(visitor.id, 'assign', { to });
      return { id, externalId: visitor.id };
    };

    describe('by their words', () => {
      beforeAll(async () => {
        place = await house.addTenancy();
        await arrive('wilhelmina', {
          name: 'Wilhelmina Quill',
          email: 'mina@quill.example',
          text: 'Good evening',
        });
        await arrive('percent', { name: 'Percy', text: 'a rebate of 50% please' });
        await arrive('five hundred', { name: 'Fiver', text: 'a rebate of 500 please' });
        await arrive('underscore', { name: 'Una', text: 'the part is fern_pot' });
        await arrive('hyphen', { name: 'Hyde', text: 'the part is fern-pot' });
        await arrive('backslash', { name: 'Bea', text: 'it lies in C:\\pots' });
        await place.settle();
      });

      it.each<[of: string, q: string, names: string[]]>([
        ['the contact’s name, whole', 'Wilhelmina Quill', ['wilhelmina']],
        ['a piece of the contact’s name, in any case', 'mina qu', ['wilhelmina']],
        ['the contact’s e-mail', '@QUILL.example', ['wilhelmina']],
        ['what was said', 'good even', ['wilhelmina']],
        ['what several have said', 'REBATE OF 50', ['five hundred', 'percent']],
        ['% as a letter', '50%', ['percent']],
        ['% between letters', 'a%please', []],
        ['% alone', '%', ['percent']],
        ['_ as a letter', 'fern_pot', ['underscore']],
        ['_ alone', '_', ['underscore']],
        ['a backslash as a letter', 'C:\\p', ['backslash']],
        ['a backslash before a %', '\\%', []],
        ['a quote', "o'r 1=1 --", []],
        ['words that nobody has said', 'nobody has said this', []],
      ])('%s: %j', async (_of, q, expected) => {
        expect(await found({ q })).toEqual(expected);
      });

      it('what an agent has answered is found too, and an id finds its own conversation', async () => {
        const { id, externalId } = await arrive('answered', { name: 'Ann', text: 'anything new?' });
        await place.ada.conversations.sendMessage(id, { type: 'text', text: 'Maidenhair is back' });
        expect(await found({ q: 'maidenhair' })).toEqual(['answered']);
        expect(await found({ q: id })).toEqual(['answered']);
        expect(await found({ q: externalId })).toEqual(['answered']);
      });
    });

    describe('by what they are', () => {
      const expected: [query: ConversationQuery, names: string[]][] = [
        [{ channel: 'SMS' }, ['sms']],
        [{ channel: 'sms' }, ['sms']],
        [{ channel: 'WEB' }, ['ada’s', 'ada’s closed', 'bot’s', 'nobody’s', 'sales’', 'support’s']],
        [{ channel: 'WHATSAPP' }, []],
        [{ channel: 'WE' }, []],
        [{ status: 'closed' }, ['ada’s closed']],
        [{ status: 'open' }, ['ada’s', 'bot’s', 'nobody’s', 'sales’', 'sms', 'support’s']],
        [{ assignee: 'bot' }, ['bot’s']],
        [{ assignee: 'nobody' }, ['nobody’s', 'sms']],
        [{ assignee: 'team:Sales' }, ['sales’']],
        [{ assignee: 'team:Support' }, ['support’s']],
        [{ assignee: 'team:Nobody' }, []],
        [{ assignee: ADA.email }, ['ada’s', 'ada’s closed']],
        [{ assignee: ADA.email.toUpperCase() }, ['ada’s', 'ada’s closed']],
        [{ assignee: 'me' }, ['ada’s', 'ada’s closed']],
        [{ assignee: 'grace@fern.example' }, []],
        [{ assignee: ADA.email, status: 'open' }, ['ada’s']],
        [{ assignee: 'me', status: 'closed' }, ['ada’s closed']],
        [{ assignee: 'team:Sales', status: 'closed' }, []],
        [{ q: 'about the filter', assignee: 'bot' }, ['bot’s']],
        [{ q: 'about the filter', channel: 'SMS' }, []],
      ];
      beforeAll(async () => {
        place = await house.addTenancy();
        const text = 'a word about the filter';
        await arrive('bot’s', { text, human: false });
        await arrive('nobody’s', { text, to: 'nobody' });
        await arrive('sales’', { text, to: 'Sales' });
        await arrive('support’s', { text });
        await arrive('ada’s', { text, to: ADA.email });
        const { id, externalId } = await arrive('ada’s closed', { text, to: ADA.email });
        await place.settle();
        await place.act(externalId, 'close');
        const sms = await place.ada.conversations.start({
          channel: 'SMS',
          from: SMS_FROM,
          to: { phone: '+15557770001' },
          message: { type: 'text', text: 'Your order is ready.' },
        });
        names.set(sms.id, 'sms');
        await place.settle();
        await waitFor(
          'it to be closed',
          async () => (await place.ada.conversations.read(id)).status === 'closed',
        );
      });

      it.each(expected)('%j', async (query, those) => {
        expect(await found(query)).toEqual(those);
      });

      it('a list that is read page by page has each of them once', async () => {
        const pages: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await place.ada.conversations.list({
            channel: 'WEB',
            limit: 2,
            ...(cursor === undefined ? {} : { cursor }),
          });
          expect(page.data.length).toBeLessThanOrEqual(2);
          pages.push(...page.data.map(({ id }) => names.get(id) ?? id));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        expect(pages.sort()).toEqual(await found({ channel: 'WEB' }));
      });
    });
  });
});
