import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatFact } from '../../../src/domain/chat-fact.js';
import { onEachDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { openRooms, type Place, type Rooms } from './rooms.js';

const receipt = (externalMessageId: string): ChatFact => ({
  type: 'receipt',
  externalMessageId,
  receipt: 'delivered',
});

describe('receipts', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    beforeAll(async () => {
      rooms = await openRooms(kind);
      place = await rooms.addPlace();
    });
    afterAll(() => rooms?.close());

    const waitingIn = (laneKey: string) =>
      rooms.inbox.readWaiting(
        [{ workspaceId: place.scope.workspaceId, connectionId: place.connectionId, laneKey }],
        100,
      );

    it('B20: one of an unknown conversation makes none, nor does an event that says nothing; both are done with', async () => {
      await rooms.record(place, 'a campaign', [[receipt('m1')], [receipt('m2')], []]);
      await rooms.projectAll(place, ['a campaign']);
      const conversations = await rooms.database.prisma.conversation.count({
        where: { workspaceId: place.scope.workspaceId, externalConversationId: 'a campaign' },
      });
      expect(conversations).toBe(0);
      expect(await waitingIn('a campaign')).toEqual([]);
      const done = await rooms.inbox.list(place.scope, { state: 'projected', limit: 10 });
      expect(done?.items).toHaveLength(3);
    });

    it('one that waits for its message keeps nobody from judging a doubt, an event that was not looked through does', async () => {
      const lane = await rooms.addConversation(place, 'in doubt');
      await rooms.owe(place, lane.conversationId, 'perhaps');
      expect((await rooms.outbox.take(lane, { owner: 'one', seconds: 0.1 })).outcome).toBe('send');
      const takeAgain = () =>
        waitFor('the lease to end', async () => {
          const taken = await rooms.outbox.take(lane, { owner: 'two', seconds: 0.1 });
          return taken.outcome === 'not_free' ? undefined : taken;
        });
      await rooms.record(place, 'in doubt', [[receipt('whose?')]]);
      expect(await takeAgain()).toMatchObject({ outcome: 'doubtful', head: { unheard: true } });
      await rooms.projectAll(place, ['in doubt']);
      expect(await waitingIn('in doubt')).toHaveLength(1);
      expect(await takeAgain()).toMatchObject({ outcome: 'doubtful', head: { unheard: false } });
    });
  });
});
