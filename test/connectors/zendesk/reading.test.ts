import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';
import { type FakeZendesk, openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import { type DeskStage, fetchAll, fetchFacts, ofType, openTicket } from '../desks/stage.js';

let fake: FakeZendesk;
let stage: DeskStage;

beforeAll(async () => {
  fake = await openFakeZendesk({ exportDelaySeconds: 60 });
  const connector = createZendeskConnector({ allowPrivate: true, settleSeconds: 0 });
  const settings = connector.parseSettings(fake.settings);
  stage = {
    fake,
    connector,
    account: { settings, credentials: connector.parseCredentials(fake.credentials) },
  };
});
afterEach(() => fake.clearFaults());
afterAll(async () => {
  stage.connector.stop?.();
  await fake.close();
});

const bridge = 'bridge@desk.example';
const commentsOf = (id: string) => fake.world.tickets.get(Number(id))?.comments ?? [];

describe('who has replied', () => {
  it('may be the person in whose name we call, at Zendesk’s own pages, and never we ourselves', async () => {
    const { id } = await openTicket(stage);
    const byHand = await fake.agentReplies(id, { email: bridge, text: 'By hand.' });
    await fake.agentReplies(id, { email: bridge, text: 'By the API.' });
    await fake.agentReplies(id, { email: bridge, text: 'By nobody knows what.' });
    const [, , api, unknown] = commentsOf(id);
    if (api !== undefined) api.via.channel = 'api';
    if (unknown !== undefined) Object.assign(unknown, { via: undefined });
    const { facts } = await fetchFacts(stage, id);
    expect(ofType(facts, 'agent-replied').map(({ externalId }) => externalId)).toEqual([byHand.externalId]);
  });

  it('is a note when Zendesk does not say who the author is', async () => {
    const { id } = await openTicket(stage);
    await fake.agentReplies(id, { email: 'stranger@example.com', text: 'Who am I?' });
    const { facts } = await fetchFacts(stage, id);
    expect(ofType(facts, 'agent-replied')).toEqual([]);
    expect(ofType(facts, 'note-added').map(({ text }) => text)).toEqual(['Who am I?']);
  });

  it('is not the one in whose name Zendesk tells of a merge', async () => {
    const [one, other] = [await openTicket(stage), await openTicket(stage)];
    await fake.mergeTicket?.(one.id, other.id);
    const { facts } = await fetchFacts(stage, other.id);
    expect(ofType(facts, 'agent-replied')).toEqual([]);
    expect(ofType(facts, 'note-added')).toHaveLength(1);
  });
});

describe('looking at a ticket', () => {
  it('finds what was written late, before something that was told already', async () => {
    const { id } = await openTicket(stage);
    const email = 'ada@desk.example';
    await fake.agentReplies(id, { email, text: 'first' });
    const late = await fake.agentReplies(id, { email, text: 'late' });
    await fake.agentReplies(id, { email, text: 'third' });
    const comments = commentsOf(id);
    const at = comments.findIndex((comment) => String(comment.id) === late.externalId);
    const [hidden] = comments.splice(at, 1);
    const before = await fetchFacts(stage, id);
    expect(ofType(before.facts, 'agent-replied').map(({ text }) => text)).toEqual(['first', 'third']);
    if (hidden !== undefined) comments.splice(at, 0, hidden);
    const after = await fetchFacts(stage, id, before.cursor);
    expect(ofType(after.facts, 'agent-replied').map(({ text }) => text)).toEqual(['late']);
  });

  it('costs one call when nothing has happened for a while', async () => {
    const { id } = await openTicket(stage);
    const ticket = fake.world.tickets.get(Number(id));
    if (ticket !== undefined) ticket.updated_at = '2026-11-22T10:00:00Z';
    const { cursor } = await fetchAll(stage, id);
    const before = fake.requests.length;
    expect((await fetchAll(stage, id, cursor)).events).toEqual([]);
    expect(fake.requests.length - before).toBe(1);
    await fake.agentReplies(id, { email: 'ada@desk.example', text: 'Now.' });
    expect((await fetchFacts(stage, id, cursor)).facts).toMatchObject([
      { type: 'agent-replied', text: 'Now.' },
    ]);
  });

  it('keeps nothing of the writer’s machine', async () => {
    const { id } = await openTicket(stage);
    await fake.agentReplies(id, { email: 'ada@desk.example', text: 'Hello' });
    expect(JSON.stringify((await fetchAll(stage, id)).events)).not.toContain('192.0.2.1');
  });

  it('reads markup as a reader sees it', async () => {
    const { id } = await openTicket(stage);
    await fake.agentReplies(id, { email: 'ada@desk.example', text: 'x' });
    const last = commentsOf(id).at(-1);
    if (last !== undefined)
      last.html_body =
        '<div class="zd-comment"><p>Dear&nbsp;Rosa,</p><ul><li>one</li><li>two</li></ul><p>See <a href="https://a.example/x">this</a> and <a href="https://b.example">https://b.example</a>.<br>Bye</p><script>x()</script></div>';
    const { facts } = await fetchFacts(stage, id);
    expect(ofType(facts, 'agent-replied')[0]?.text).toBe(
      'Dear Rosa,\n- one\n- two\nSee this (https://a.example/x) and https://b.example.\nBye',
    );
  });
});

describe('which tickets have changed', () => {
  it('leaves out nothing of the minute that Zendesk does not tell yet', async () => {
    const signal = AbortSignal.timeout(10_000);
    const { id } = await openTicket(stage);
    const begin = await stage.connector.listChanged(stage.account, null, { signal });
    if (begin.outcome !== 'fetched') throw new Error('no beginning');
    const early = await stage.connector.listChanged(stage.account, begin.cursor, { signal });
    if (early.outcome !== 'fetched') throw new Error('no answer');
    expect(early.externalTicketIds).not.toContain(id);
    const ticket = fake.world.tickets.get(Number(id));
    // A minute later its last change is old enough to be told.
    if (ticket !== undefined)
      ticket.updated_at = `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z`;
    const late = await stage.connector.listChanged(stage.account, early.cursor, { signal });
    expect(late).toMatchObject({ outcome: 'fetched', externalTicketIds: expect.arrayContaining([id]) });
  });

  it('is for admins; without, the connection goes on', async () => {
    const signal = AbortSignal.timeout(10_000);
    const begin = await stage.connector.listChanged(stage.account, null, { signal });
    fake.plant({ on: 'read', do: 'answer', status: 403, body: { error: 'Forbidden' } });
    const cursor = begin.outcome === 'fetched' ? begin.cursor : {};
    expect(await stage.connector.listChanged(stage.account, cursor, { signal })).toMatchObject({
      outcome: 'refused',
      code: 'export_forbidden',
    });
  });
});

describe('a file', () => {
  async function fileOf(scan = 'malware_not_found') {
    const { id } = await openTicket(stage);
    const file = { name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('abc') };
    await fake.agentReplies(id, { email: 'ada@desk.example', text: 'File.', files: [file] });
    for (const attached of commentsOf(id).at(-1)?.attachments ?? []) attached.scan = scan;
    const { facts } = await fetchFacts(stage, id);
    const found = ofType(facts, 'agent-replied')[0]?.files[0];
    if (found === undefined) throw new Error('there is no file');
    return found;
  }
  const fetch = async (file: Awaited<ReturnType<typeof fileOf>>) =>
    stage.connector.fetchFile(file, stage.account, { signal: AbortSignal.timeout(10_000), maxBytes: 100 });

  it('is fetched from wherever Zendesk sends us, and only Zendesk sees who we are', async () => {
    fake.fileRequests.length = 0;
    expect(await fetch(await fileOf())).toMatchObject({ outcome: 'fetched', bytes: Buffer.from('abc') });
    expect(fake.fileRequests).toHaveLength(1);
    expect(fake.fileRequests[0]?.headers['authorization']).toBeUndefined();
    const first = fake.requests.findLast(({ path }) => path.startsWith('/attachments/'));
    expect(first?.headers['authorization']).toMatch(/^Bearer /u);
  });

  it('in which malware was found is not passed on', async () => {
    const file = await fileOf('malware_found');
    fake.fileRequests.length = 0;
    expect(await fetch(file)).toMatchObject({ outcome: 'unavailable' });
    expect(fake.fileRequests).toEqual([]);
  });

  it('that is not there yet is asked for again', async () => {
    const file = await fileOf();
    fake.plant({ on: 'any', do: 'answer', status: 404, skip: 1 });
    expect(await fetch(file)).toMatchObject({ outcome: 'later' });
  });

  it('is waited for while Zendesk is down, busy or refuses us', async () => {
    const file = await fileOf();
    for (const status of [408, 429, 500, 503]) {
      fake.plant({ on: 'any', do: 'answer', status, skip: 1 });
      expect(await fetch(file)).toMatchObject({ outcome: 'not_now' });
    }
    for (const status of [429, 503]) {
      fake.plant({ on: 'any', do: 'answer', status });
      expect(await fetch(file)).toMatchObject({ outcome: 'not_now' });
    }
  });

  it('of no number leads nowhere', async () => {
    const before = fake.requests.length;
    for (const externalFileId of ['1/../2', '', '..', '1?x'])
      expect(await fetch({ name: 'x', externalFileId })).toMatchObject({ outcome: 'unavailable' });
    expect(fake.requests.length).toBe(before);
  });
});
