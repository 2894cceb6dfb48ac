import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  delivered,
  type DeskStage,
  expectExplained,
  factsOf,
  fetchAll,
  fetchFacts,
  lineOf,
  messageOrder,
  ofType,
  openTicket,
  send,
} from './stage.js';

export function describeReading(here: () => DeskStage): void {
  describe('reading', () => {
    it('tells an agent’s public reply, once, with its author and its words', async () => {
      const { fake } = here();
      const { id } = await openTicket(here());
      const { cursor: before } = await fetchAll(here(), id);
      const { email } = fake.agents[0]!;
      const { externalId } = await fake.agentReplies(id, { email, text: 'It is on its way & <soon> there.' });
      const { facts, cursor } = await fetchFacts(here(), id, before);
      const replies = ofType(facts, 'agent-replied');
      expect(replies).toHaveLength(1);
      expect(replies[0]).toMatchObject({ externalId, author: { type: 'agent', email } });
      expect(replies[0]?.text).toContain('It is on its way & <soon> there.');
      // What a desk tells by itself is new; what is read must say when it was said.
      if (here().connector.capabilities.fetches)
        expect(Date.parse(replies[0]?.occurredAt ?? '')).not.toBeNaN();
      const again = await fetchFacts(here(), id, cursor);
      expect(again.facts).toEqual([]);
    });

    it('never takes a note, or what nobody knows who may see, for a reply', async () => {
      const { fake } = here();
      const { id } = await openTicket(here());
      const { email } = fake.agents[0]!;
      const note = await fake.agentNotes(id, { email, text: 'The contact must not see this.' });
      const odd = await fake.agentSaysOddly(id, { email, text: 'Nor this.' });
      const { facts } = await fetchFacts(here(), id);
      expect(ofType(facts, 'agent-replied')).toEqual([]);
      const notes = ofType(facts, 'note-added');
      expect(notes.map(({ externalId }) => externalId)).toContain(note.externalId);
      const told = notes.find(({ externalId }) => externalId === odd.externalId);
      if (told !== undefined) expect(told.text).toContain('Nor this.');
    });

    it('never tells as a reply what the contact says, or what we have written', async () => {
      const { fake } = here();
      const { id, contact, writtenIds } = await openTicket(here());
      const ours = new Set(writtenIds);
      const said = delivered(await send(here(), messageOrder(contact, 'From the chat.'), id));
      const author = { type: 'agent' as const, name: 'Ada' };
      const lines = [{ author, text: 'Said in the chat.', files: [], at: '2026-11-22T10:00:00Z' }];
      const noted = delivered(await send(here(), { kind: 'add-ticket-note', lines }, id));
      for (const written of [...said.writtenIds, ...noted.writtenIds]) ours.add(written);
      await fake.contactSays?.(id, 'By e-mail.');
      const { facts } = await fetchFacts(here(), id);
      expect(ofType(facts, 'agent-replied')).toEqual([]);
      expect(ofType(facts, 'note-added').filter(({ externalId }) => !ours.has(externalId))).toEqual([]);
    });

    it('tells what was said in its order, nothing twice and nothing missed, over many pages', async () => {
      const { fake } = here();
      const { id } = await openTicket(here());
      let { cursor } = await fetchAll(here(), id);
      const { email } = fake.agents[1]!;
      const said: string[] = [];
      const told: string[] = [];
      for (const amount of [3, fake.pageOf + 5, 0, 1]) {
        for (let at = 0; at < amount; at += 1) {
          const { externalId } = await fake.agentReplies(id, { email, text: `reply ${said.length}` });
          said.push(externalId);
        }
        const { facts, cursor: next } = await fetchFacts(here(), id, cursor);
        told.push(...ofType(facts, 'agent-replied').map(({ externalId }) => externalId));
        cursor = next;
      }
      expect(told).toEqual(said);
    }, 180_000);

    it('tells the same from the beginning as piece by piece', async () => {
      const { fake } = here();
      const { id } = await openTicket(here());
      const { email } = fake.agents[0]!;
      const first = await fetchAll(here(), id);
      await fake.agentReplies(id, { email, text: 'one' });
      const second = await fetchAll(here(), id, first.cursor);
      await fake.agentNotes(id, { email, text: 'two' });
      const third = await fetchAll(here(), id, second.cursor);
      const pieces = [...first.events, ...second.events, ...third.events];
      const whole = await fetchAll(here(), id);
      const said = (events: typeof pieces) =>
        factsOf(here(), events).flatMap((fact) => ('externalId' in fact ? [fact.externalId] : []));
      expect(said(whole.events)).toEqual(said(pieces));
      const identities = new Set(pieces.map(({ identity }) => identity));
      for (const event of whole.events) {
        if (factsOf(here(), [event]).some((fact) => 'externalId' in fact)) {
          expect(identities).toContain(event.identity);
        }
      }
    });

    it('gives every event its ticket, an identity of its own, and what can be stored', async () => {
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      const { email } = fake.agents[0]!;
      await fake.agentReplies(id, { email, text: 'ok' });
      await fake.agentReplies(id, { email, text: 'ok' });
      await send(here(), messageOrder(contact, 'ok'), id);
      await fake.agentReplies(id, { email, text: 'odd \u0000 and \ud800 end' });
      const { events } = await fetchAll(here(), id);
      expect(new Set(events.map(({ identity }) => identity)).size).toBe(events.length);
      for (const event of events) {
        expect(event).toMatchObject({ laneKey: id, identityBy: 'id' });
        expect(event.identity.length).toBeLessThan(256);
        const stored = JSON.stringify(event.payload);
        expect(stored).not.toMatch(/\\u0000|\\ud[89a-f]/iu);
      }
      const replies = ofType(factsOf(here(), events), 'agent-replied');
      expect(replies.map(({ text }) => text).slice(0, 2)).toEqual(['ok', 'ok']);
      expect(replies[2]?.text).toMatch(/^odd .*end$/u);
    });

    it('tells a new status and a new assignee, each once', async () => {
      const { fake } = here();
      const { id } = await openTicket(here());
      let { cursor } = await fetchAll(here(), id);
      const [ada] = fake.agents;
      await fake.assign(id, ada!.email);
      const assigned = await fetchFacts(here(), id, cursor);
      expect(ofType(assigned.facts, 'ticket-state').at(-1)?.state.assignee).toMatchObject({
        agent: { email: ada!.email },
      });
      ({ cursor } = assigned);
      for (const status of ['solved', 'open'] as const) {
        await fake.setStatus(id, fake.statusWords[status] ?? '', ada!.email);
        const changed = await fetchFacts(here(), id, cursor);
        expect(ofType(changed.facts, 'ticket-state').at(-1)?.state.status).toBe(status);
        ({ cursor } = changed);
      }
      await fake.assign(id, null);
      const nobody = await fetchFacts(here(), id, cursor);
      expect(ofType(nobody.facts, 'ticket-state').at(-1)?.state.assignee).toBeNull();
      expect((await fetchAll(here(), id, nobody.cursor)).events).toEqual([]);
    });

    it('tells a new team and a new priority, each once', async () => {
      const { fake, connector } = here();
      const { teams, priorities } = connector.capabilities;
      const { id } = await openTicket(here());
      let { cursor } = await fetchAll(here(), id);
      for (const team of teams ? fake.teams.slice(0, 1) : []) {
        await fake.setTeam(id, team);
        const moved = await fetchFacts(here(), id, cursor);
        expect(ofType(moved.facts, 'ticket-state').at(-1)?.state.assignee).toMatchObject({
          team: { name: team },
        });
        ({ cursor } = moved);
      }
      for (const priority of priorities ? (['urgent', 'low', 'normal'] as const) : []) {
        await fake.setPriority(id, fake.priorityWords[priority] ?? '');
        const changed = await fetchFacts(here(), id, cursor);
        expect(ofType(changed.facts, 'ticket-state').at(-1)?.state.priority).toBe(priority);
        ({ cursor } = changed);
      }
      expect((await fetchAll(here(), id, cursor)).events).toEqual([]);
    });

    it('tells a status that came and went and came again as often as it came', async () => {
      const { fake } = here();
      const { id } = await openTicket(here());
      let { cursor } = await fetchAll(here(), id);
      const identities = new Set<string>();
      const words = [fake.statusWords.solved, fake.statusWords.open, fake.statusWords.solved];
      for (const word of words) {
        await fake.setStatus(id, word ?? '');
        const fetched = await fetchAll(here(), id, cursor);
        for (const { identity } of fetched.events) identities.add(identity);
        ({ cursor } = fetched);
      }
      expect(identities.size).toBeGreaterThanOrEqual(words.length);
    });

    it('tells the state again, as an event of its own, where the cursor has lost it', async () => {
      const { fake, connector } = here();
      const { id } = await openTicket(here());
      await fake.setStatus(id, fake.statusWords.solved ?? '');
      const first = await fetchAll(here(), id);
      const { state: _state, ...cursor } = first.cursor;
      const again = await fetchAll(here(), id, connector.capabilities.fetches ? cursor : null);
      const told = ofType(factsOf(here(), again.events), 'ticket-state');
      expect(told.at(-1)?.state.status).toBe('solved');
      if (!connector.capabilities.fetches) return;
      expect(told).toHaveLength(again.events.length);
      const identities = new Set(first.events.map(({ identity }) => identity));
      for (const { identity } of again.events) expect(identities).not.toContain(identity);
      expect((await fetchAll(here(), id, again.cursor)).events).toEqual([]);
    });

    it('tells that a ticket is gone, and says so to who writes there', async () => {
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      const { cursor } = await fetchAll(here(), id);
      await fake.deleteTicket(id);
      const { facts, cursor: after } = await fetchFacts(here(), id, cursor);
      expect(facts).toEqual([expect.objectContaining({ type: 'ticket-gone', how: 'deleted' })]);
      expect((await fetchAll(here(), id, after)).events).toEqual([]);
      expect(await send(here(), messageOrder(contact, 'Hello?'), id)).toMatchObject({
        outcome: 'ticket_gone',
      });
    });

    it('tells into which ticket another was merged', async ({ skip }) => {
      const { fake } = here();
      skip(fake.mergeTicket === undefined, 'its tickets cannot be merged');
      if (fake.mergeTicket === undefined) return;
      const [one, other] = [await openTicket(here()), await openTicket(here())];
      const { cursor } = await fetchAll(here(), one.id);
      await fake.mergeTicket(one.id, other.id);
      const { facts } = await fetchFacts(here(), one.id, cursor);
      expect(ofType(facts, 'ticket-gone')).toEqual([
        expect.objectContaining({ type: 'ticket-gone', how: 'merged', into: other.id }),
      ]);
    });

    it('fetches an agent’s files, byte for byte, and none that is too large', async () => {
      const { fake, connector, account } = here();
      const { id } = await openTicket(here());
      const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, at) => at % 256));
      const file = { name: 'bill.pdf', contentType: 'application/pdf', bytes };
      await fake.agentReplies(id, { email: fake.agents[0]!.email, text: 'The bill.', files: [file] });
      const { facts } = await fetchFacts(here(), id);
      const found = ofType(facts, 'agent-replied').flatMap(({ files }) => files);
      expect(found).toEqual([expect.objectContaining({ name: 'bill.pdf' })]);
      const signal = AbortSignal.timeout(10_000);
      const fetched = await connector.fetchFile(found[0]!, account, { signal, maxBytes: 10_000 });
      expect(fetched).toMatchObject({ outcome: 'fetched' });
      if (fetched.outcome === 'fetched') expect(fetched.bytes.equals(bytes)).toBe(true);
      const small = await connector.fetchFile(found[0]!, account, { signal, maxBytes: 100 });
      expect(small.outcome).toBe('unavailable');
    });

    it('fetches a file whose address has run out from a fresh one', async ({ skip }) => {
      const { fake, connector, account } = here();
      skip(fake.expireAddresses === undefined, 'its addresses do not run out');
      const { id } = await openTicket(here());
      const { email } = fake.agents[0]!;
      const fileOf = (name: string) => ({ name, contentType: 'application/pdf', bytes: Buffer.from(name) });
      await fake.agentReplies(id, { email, text: 'Before it.', files: [fileOf('other.pdf')] });
      const files = [fileOf('bill.pdf'), fileOf('terms.pdf')];
      await fake.agentReplies(id, { email, text: 'Both.', files });
      const { facts } = await fetchFacts(here(), id);
      const found = ofType(facts, 'agent-replied').flatMap((fact) => fact.files);
      fake.expireAddresses?.();
      for (const file of found) {
        const context = { signal: AbortSignal.timeout(10_000), maxBytes: 10_000 };
        expect(await connector.fetchFile(file, account, context)).toMatchObject({
          outcome: 'fetched',
          bytes: Buffer.from(file.name),
        });
      }
      // As long as nobody can be asked for a fresh one, nothing is known of the file.
      fake.plant({ on: 'read', do: 'answer', status: 503, skip: 1 });
      fake.expireAddresses?.();
      const context = { signal: AbortSignal.timeout(10_000), maxBytes: 10_000 };
      expect(await connector.fetchFile(found[0]!, account, context)).toMatchObject({ outcome: 'not_now' });
    });

    it('says so, and asks nothing, when it cannot be asked', async ({ skip }) => {
      const { connector, account } = here();
      skip(connector.capabilities.fetches, 'it can be asked (capabilities.fetches)');
      const context = { signal: AbortSignal.timeout(9_000) };
      for (const answer of [
        await connector.fetchTicket(account, '1', null, context),
        await connector.listChanged(account, null, context),
      ]) {
        expect(answer.outcome).toBe('refused');
        expectExplained(here(), answer);
      }
    });

    it('lists the tickets that have changed since it last looked', async ({ skip }) => {
      const { fake, connector, account } = here();
      skip(!connector.capabilities.fetches, 'it cannot be asked (capabilities.fetches)');
      const { id } = await openTicket(here());
      const signal = AbortSignal.timeout(30_000);
      const begin = await connector.listChanged(account, null, { signal });
      expect(begin).toMatchObject({ outcome: 'fetched', externalTicketIds: [] });
      if (begin.outcome !== 'fetched') return;
      const { email } = fake.agents[0]!;
      const { externalId } = await fake.agentReplies(id, { email, text: 'Found by looking.' });
      expect(externalId).toBeTruthy();
      const changed = new Set<string>();
      let { cursor } = begin;
      for (let page = 0; page < 20; page += 1) {
        const next = await connector.listChanged(account, cursor, { signal });
        expect(next).toMatchObject({ outcome: 'fetched' });
        if (next.outcome !== 'fetched') return;
        for (const ticketId of next.externalTicketIds) changed.add(ticketId);
        cursor = JSON.parse(JSON.stringify(next.cursor)) as typeof cursor;
        if (!next.more) break;
      }
      expect(changed).toContain(id);
    });

    it('reads whatever stands in the inbox, and never throws', () => {
      const { connector, account } = here();
      const kinds = fc.oneof(
        fc.string(),
        fc.constantFrom('message', 'comment', 'note', 'ticket-state', 'ticket-gone', 'conversation'),
      );
      fc.assert(
        fc.property(
          kinds,
          fc.string(),
          fc.dictionary(fc.string(), fc.jsonValue()),
          (kind, laneKey, payload) => {
            const { outcome } = connector.read({ kind, laneKey, payload }, account.settings);
            return outcome === 'facts' || outcome === 'unrecognised';
          },
        ),
        { numRuns: 300 },
      );
    });

    it('makes no reply of a recorded reply whose fields have other names or types', async () => {
      const { fake, connector, account } = here();
      const { id, contact } = await openTicket(here());
      await fake.agentNotes(id, { email: fake.agents[0]!.email, text: 'private words' });
      await send(here(), { kind: 'add-ticket-note', lines: [lineOf(contact, 'ours')] }, id);
      const { events } = await fetchAll(here(), id);
      const odd = [undefined, null, 'yes', 'false', 0, 2, [], {}];
      for (const event of events) {
        for (const field of Object.keys(event.payload)) {
          for (const value of odd) {
            const payload = { ...event.payload, [field]: value } as Record<string, unknown>;
            const reading = connector.read({ kind: event.kind, laneKey: id, payload }, account.settings);
            const facts = reading.outcome === 'facts' ? reading.facts : [];
            expect(
              ofType(facts, 'agent-replied').filter(({ text }) => text.includes('private words')),
            ).toEqual([]);
          }
        }
      }
    });
  });
}
