import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';

interface Answer {
  status: number;
  code: string | undefined;
  ids: string[];
  nextCursor: string | undefined;
}

/** Every list that is read page by page, and how it is asked for the page after a cursor. */
const LISTS = {
  conversations: '/v1/conversations?limit=1&cursor=',
  deliveries: '/v1/deliveries?limit=1&cursor=',
  'inbound events': '/v1/inbound-events?limit=1&cursor=',
  feed: '/v1/events?limit=1&after=',
};
type List = keyof typeof LISTS;
const lists = Object.keys(LISTS) as List[];

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const MOMENT = '2026-01-01T00:00:00.000Z';

/** What no list has ever given out. */
const GARBAGE: Record<string, string> = {
  'a word': 'garbage',
  'a blank': ' ',
  'what JavaScript takes for a date': encoded('1|cnv_x'),
  'a date of another form': encoded('Thu, 01 Jan 2026 00:00:00 GMT|cnv_x|'),
  'a day that the calendar has not': encoded('2026-02-30T00:00:00.000Z|cnv_x|'),
  'a month that the calendar has not': encoded('2026-13-01T00:00:00.000Z|cnv_x|'),
  'a year before there were years': encoded('0000-01-01T00:00:00.000Z|cnv_x|'),
  'a year far off': encoded('+275760-09-13T00:00:00.000Z|cnv_x|'),
  infinity: encoded('infinity|cnv_x|'),
  'a moment without an id': encoded(`${MOMENT}|`),
  'an id with a quote in it': encoded(`${MOMENT}|cnv_x'--|`),
  'a nul in the base64': encoded(`${MOMENT}|cnv_\0|`),
  'a half character in the base64': Buffer.from([0xff, 0xfe, 0x7c, 0xed, 0xa0, 0x80, 0x7c]).toString(
    'base64url',
  ),
  'a number out of range': '9'.repeat(30),
  'one beyond the largest': '9223372036854775808',
  'a negative number': '-1',
  'a fraction': '1.5e3',
  'a place in the inbox out of range': `inb_${'9'.repeat(19)}`,
  'a place in the feed out of range': `1.${'9'.repeat(19)}`,
  'a transaction out of range': `${'9'.repeat(19)}.1`,
  'a transaction that is to come': '999999999999999999.1',
  'five hundred letters': 'a'.repeat(500),
};

describe('a cursor that is none is refused, and none leads to what is not one’s own (B44)', () => {
  onEachDatabase((kind) => {
    let house: House;
    let stranger: Tenancy;
    const real = {} as Record<List, string>;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      stranger = await house.addTenancy();
      for (const text of ['one', 'two', 'three']) {
        const { conversationId } = await house.arriveAndFind(text);
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: `to ${text}` });
      }
      await house.settle();
      for (const list of lists) {
        const { nextCursor } = await ask(house, LISTS[list].replace(/&\w+=$/u, ''));
        if (nextCursor === undefined) throw new Error(`${list} fits on one page`);
        real[list] = nextCursor;
      }
    });
    afterAll(() => house?.close());

    const ask = async ({ apiKey }: Pick<Tenancy, 'apiKey'>, path: string): Promise<Answer> => {
      const response = await fetch(`${house.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
      const body = (await response.json()) as {
        data?: { id?: string; cursor?: string }[];
        nextCursor?: string;
        error?: { code: string };
      };
      return {
        status: response.status,
        code: body.error?.code,
        ids: (body.data ?? []).map((item) => item.id ?? item.cursor ?? ''),
        nextCursor: body.nextCursor,
      };
    };
    const after = (list: List, cursor: string, who: Pick<Tenancy, 'apiKey'> = house) =>
      ask(who, LISTS[list] + encodeURIComponent(cursor));

    it.each(lists)('garbage: %s', async (list) => {
      const answers: Record<string, unknown> = {};
      for (const [what, cursor] of Object.entries(GARBAGE)) {
        const { status, code } = await after(list, cursor);
        answers[what] = [status, code];
      }
      expect(answers).toEqual(
        Object.fromEntries(Object.keys(GARBAGE).map((what) => [what, [400, 'cursor_invalid']])),
      );
    });

    it.each(lists)('another list’s cursor: %s', async (list) => {
      for (const other of lists.filter((name) => name !== list)) {
        const { status, code } = await after(list, real[other]);
        expect([other, status, code]).toEqual([other, 400, 'cursor_invalid']);
      }
    });

    it('one of conversations that was cut off, or has grown', async () => {
      const cursor = real.conversations;
      for (let length = 1; length < cursor.length; length += 1) {
        const { status, code } = await after('conversations', cursor.slice(0, length));
        expect([length, status, code]).toEqual([length, 400, 'cursor_invalid']);
      }
      for (const grown of [`${cursor}A`, `${cursor}=`, `${cursor}.`, `!${cursor}`]) {
        const { status, code } = await after('conversations', grown);
        expect([grown, status, code]).toEqual([grown, 400, 'cursor_invalid']);
      }
    });

    it.each(lists)('its own cursor leads on, page by page, to the end: %s', async (list) => {
      const whole = await ask(house, LISTS[list].replace(/limit=1&\w+=$/u, 'limit=200'));
      const read: string[] = [];
      let page = await ask(house, LISTS[list].replace(/&\w+=$/u, ''));
      while (page.ids.length > 0 && read.length <= whole.ids.length) {
        read.push(...page.ids);
        if (page.nextCursor === undefined) break;
        page = await after(list, page.nextCursor);
      }
      expect(read.length).toBeGreaterThan(2);
      expect(read).toEqual(whole.ids);
    });

    it.each(lists)('another workspace’s cursor leads to nothing of that workspace: %s', async (list) => {
      const { status, ids } = await after(list, real[list], stranger);
      expect([list, status, ids]).toEqual([list, 200, []]);
    });
  });
});
