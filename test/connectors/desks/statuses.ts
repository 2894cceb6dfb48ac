import { describe, expect, it } from 'vitest';
import type { TicketStatus } from '../../../src/domain/ticket.js';
import {
  delivered,
  type DeskStage,
  fetchFacts,
  fetchAll,
  messageOrder,
  ofType,
  openTicket,
  send,
  ticketOf,
} from './stage.js';

/** What a desk's own statuses mean, and which are set, is the connection's to say: in the same words for every desk. */
export function describeStatuses(here: () => DeskStage): void {
  /** The same account, its statuses understood otherwise. */
  function withSettings(change: object): DeskStage {
    const { connector, account, fake } = here();
    return {
      fake,
      connector,
      account: { ...account, settings: connector.parseSettings({ ...account.settings, ...change }) },
    };
  }

  const statusAfter = async (
    stage: DeskStage,
    id: string,
    change: () => Promise<unknown>,
  ): Promise<TicketStatus | undefined> => {
    const { cursor } = await fetchAll(stage, id);
    await change();
    const { facts } = await fetchFacts(stage, id, cursor);
    return ofType(facts, 'ticket-state').at(-1)?.state.status;
  };

  describe('statuses', () => {
    it('are read as the settings say, those of the account’s own as well', async () => {
      const { fake } = here();
      const stage = withSettings(fake.ownStatuses);
      const { id } = await openTicket(stage);
      for (const [word, meaning] of Object.entries(fake.ownStatuses.statuses)) {
        if ((await ticketOf(stage, id)).vendorStatus === word) continue;
        expect(await statusAfter(stage, id, () => fake.setStatus(id, word)), word).toBe(meaning);
      }
    });

    it('are set as the settings say, and read back as the same', async () => {
      const { fake } = here();
      const stage = withSettings(fake.ownStatuses);
      const { id, contact } = await openTicket(stage);
      for (const [status, word] of Object.entries(fake.ownStatuses.sets) as [TicketStatus, string][]) {
        const told = await statusAfter(stage, id, async () => {
          const done = delivered(await send(stage, { kind: 'update-ticket', change: { status } }, id));
          expect(done.state?.status).toBe(status);
        });
        expect((await ticketOf(stage, id)).vendorStatus).toBe(word);
        // A desk that only tells by itself does not tell what it was told.
        if (told !== undefined) expect(told).toBe(status);
      }
      const order = { ...messageOrder(contact, 'Once more.'), change: { status: 'open' as const } };
      expect(delivered(await send(stage, order, id)).state?.status).toBe('open');
      expect((await ticketOf(stage, id)).status).toBe('open');
    });

    it('are the standard ones where the settings were stored before there was a choice', async () => {
      const { fake, connector, account } = here();
      const { statuses: _, sets: __, ...older } = account.settings;
      const stage = { fake, connector, account: { ...account, settings: older } };
      const { id } = await openTicket(stage);
      for (const status of ['solved', 'open'] as const)
        expect(await statusAfter(stage, id, () => fake.setStatus(id, fake.statusWords[status] ?? ''))).toBe(
          status,
        );
      delivered(await send(stage, { kind: 'update-ticket', change: { status: 'solved' } }, id));
      expect((await ticketOf(stage, id)).status).toBe('solved');
    });

    it('are set as far as they can be where they were stored before anybody compared them', async () => {
      const { fake, connector, account } = here();
      const older = { ...account.settings, sets: { solved: 'no such', pending: 'no such' } };
      const stage = { fake, connector, account: { ...account, settings: older } };
      const { id } = await openTicket(stage);
      delivered(await send(stage, { kind: 'update-ticket', change: { status: 'solved' } }, id));
      expect((await ticketOf(stage, id)).status).toBe('solved');
    });

    it('are refused by name when they contradict each other or cannot be', () => {
      const { fake } = here();
      const { statuses } = fake.ownStatuses;
      const [word = ''] = Object.keys(statuses);
      const { open = '' } = fake.statusWords;
      for (const [wrong, named] of [
        [{ statuses: { ...statuses, [word]: 'sometimes' } }, /must be new, open, pending, solved or closed/u],
        [{ statuses: { ...statuses, '': 'open' } }, /"statuses"[\s\S]*must be/u],
        [{ statuses, sets: { solved: 'no such' } }, /“no such” is not solved by “statuses”/u],
        [{ statuses, sets: { solved: open } }, /is not solved by “statuses”/u],
        [{ statuses, sets: { finished: open } }, /"sets"/u],
      ] as const)
        expect(() => withSettings(wrong), JSON.stringify(wrong)).toThrow(named);
    });
  });
}
