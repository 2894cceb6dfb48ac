import { afterEach, describe, expect, it } from 'vitest';
import { lookAtRights } from '../../../src/connectors/request-tracker/check-rights.js';
import {
  createTrackerShelf,
  type Tracker,
} from '../../../src/connectors/request-tracker/calling/open-tracker.js';
import { policyFor } from '../../../src/connectors/http-client/index.js';

const FIELD = 'ExternalConversationId';
const everyLink = ['history', 'correspond', 'comment', 'lifecycle'];

interface Held {
  id: string;
  links: string[];
  field?: string;
  /** Whether the bridge has made it. */
  own?: boolean;
}

const shelves: { stop(): void }[] = [];
afterEach(() => {
  for (const shelf of shelves.splice(0)) shelf.stop();
});

/** An RT that holds these tickets, and shows at each what may be done with it. */
function openRt(tickets: Held[], settings: object = {}): Tracker {
  const shelf = createTrackerShelf(policyFor(true));
  shelves.push(shelf);
  const account = {
    settings: { baseUrl: 'http://127.0.0.1:9', queue: 'Chat', ...settings },
    credentials: { token: '1-14-abcdef123456' },
  };
  const opened = shelf.open(account, { signal: AbortSignal.timeout(60_000) });
  const rest: Tracker['rest'] = async (_method, path) => {
    const answer = (json: unknown) =>
      ({ outcome: 'answered', status: 200, headers: {}, bytes: Buffer.alloc(0), json }) as const;
    if (path.startsWith('/user/')) return answer({ Name: 'bridge', Privileged: 1 });
    if (path.startsWith('/tickets')) {
      const isOwn = path.includes('Creator');
      const found = tickets.filter(({ own = false }) => own === isOwn).at(-1);
      return answer({ items: found === undefined ? [] : [{ id: found.id }] });
    }
    const found = tickets.find(({ id }) => path === `/ticket/${id}`);
    return answer({
      id: found?.id,
      Status: 'open',
      Owner: { id: 'Nobody' },
      Queue: { id: '1' },
      CustomFields: found?.field === undefined ? [] : [{ name: FIELD, values: [found.field] }],
      _hyperlinks: found?.links.map((ref) => ({ ref })),
    });
  };
  return { ...opened, rest };
}

const missing = async (tracker: Tracker): Promise<[string, string | undefined][]> =>
  (await lookAtRights(tracker)).filter(({ ok }) => !ok).map(({ what, hint }) => [what, hint]);

describe('the rights of the bridge’s user in Request Tracker', () => {
  it('are there when a ticket shows every step, and the last one of its own has the number', async () => {
    const tracker = openRt([
      { id: '7', links: everyLink },
      { id: '8', links: everyLink, own: true, field: 'cnv_1' },
    ]);
    expect(await missing(tracker)).toEqual([]);
    expect(await lookAtRights(tracker)).toHaveLength(3);
  });

  it.each([
    ['comment', {}, /comment on tickets/u, 'CommentOnTicket'],
    ['lifecycle', {}, /change tickets/u, 'ModifyTicket'],
    ['correspond', { writeAs: 'bridge' }, /reply in tickets/u, 'ReplyToTicket'],
  ])(
    'a ticket without the step “%s” names the right that is missing',
    async (link, settings, what, right) => {
      const links = everyLink.filter((one) => one !== link);
      const [found, ...others] = await missing(openRt([{ id: '7', links }], settings));
      expect(found?.[0]).toMatch(what);
      expect(found?.[1]).toContain(right);
      expect(others).toEqual([]);
    },
  );

  it('to reply is not asked for where the contact’s words come by mail', async () => {
    const links = everyLink.filter((one) => one !== 'correspond');
    expect(await missing(openRt([{ id: '7', links }]))).toEqual([]);
  });

  it('a ticket of its own without the conversation’s number lacks the right to set the field', async () => {
    const [found] = await missing(openRt([{ id: '8', links: everyLink, own: true }]));
    expect(found?.[0]).toContain(FIELD);
    expect(found?.[1]).toMatch(/ModifyCustomField.*ticket 8/u);
  });

  it('cannot be seen in an empty queue, and that is said', async () => {
    expect(await lookAtRights(openRt([]))).toEqual([
      { ok: true, what: expect.stringContaining('Not seen yet'), hint: expect.stringContaining('by hand') },
    ]);
  });
});
