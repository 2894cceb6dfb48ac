import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatFact } from '../../src/domain/chat-fact.js';
import { hello, openRooms, type Place, type Rooms } from '../integration/core/rooms.js';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';

describe('a contact’s variables, from WotNot to the screen and back', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      screen = await house.openScreen();
    });
    afterAll(() => house?.close());

    const setThere = (visitor: Visitor, name: string, value: string) =>
      house.act(visitor.id, 'variable', { name, value, on: 'contact' });
    const contactThere = async (visitor: Visitor) =>
      ((await visitor.see()) as unknown as { contact: Record<string, unknown> }).contact;
    const told = (conversationId: string, type: string) =>
      screen.of(conversationId).filter((fact) => fact.type === type);

    it('set in WotNot: told on the screen, read by REST, and there in the contact’s next conversation', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('I am Rosa');
      await setThere(visitor, 'company', 'Fern & Fable');
      const fact = await screen.until(
        'variables.changed',
        (one) => one.conversationId === conversationId && one.data.contactVariables !== undefined,
      );
      expect(fact.data).toEqual({ variables: {}, contactVariables: { company: 'Fern & Fable' } });
      expect(fact.conversation?.contact.variables).toEqual({ company: 'Fern & Fable' });
      const read = await house.ada.conversations.read(conversationId);
      expect(read.contact.variables).toEqual({ company: 'Fern & Fable' });
      expect(read.variables).not.toHaveProperty('company');

      await house.act(visitor.id, 'close');
      const again = await house.arrive({ visitorKey: visitor.visitorKey, text: 'me again' });
      const next = await house.ada.conversations.read(await house.conversationOf(again));
      expect(next.id).not.toBe(conversationId);
      expect(next.contact).toMatchObject({ id: read.contact.id, variables: { company: 'Fern & Fable' } });
    });

    it('name, e-mail and phone of the contact are its own facts, not variables', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('who am I?');
      await setThere(visitor, 'name', 'Rosa Diaz');
      await setThere(visitor, 'email', 'Rosa@Customer.Example');
      await screen.until(
        'conversation.updated',
        (one) =>
          one.conversationId === conversationId &&
          one.conversation?.contact.email === 'rosa@customer.example',
      );
      const { contact, variables } = await house.ada.conversations.read(conversationId);
      expect(contact).toMatchObject({ name: 'Rosa Diaz', email: 'rosa@customer.example', variables: {} });
      expect(variables).not.toHaveProperty('email');
    });

    it('set by an agent: known at once, so in WotNot, and its echo tells nothing twice', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('note this');
      await house.ada.conversations.setVariables(conversationId, [
        { name: 'tier', value: 'gold', on: 'contact' },
        { name: 'mood', value: 'good', on: 'conversation' },
        { name: 'phone', value: '+15551230099', on: 'contact' },
      ]);
      const { contact, variables } = await house.ada.conversations.read(conversationId);
      expect(contact).toMatchObject({ phone: '+15551230099', variables: { tier: 'gold' } });
      expect(variables).toMatchObject({ mood: 'good' });
      expect(variables).not.toHaveProperty('tier');
      await house.settle();
      expect(await contactThere(visitor)).toMatchObject({
        phone: '+15551230099',
        customVariables: { tier: 'gold' },
      });
      expect(told(conversationId, 'variables.changed').map(({ data }) => data)).toEqual([
        { variables: { mood: 'good' }, contactVariables: { tier: 'gold' } },
      ]);
      expect(told(conversationId, 'conversation.updated')).toEqual([]);
      await house.ada.conversations.setVariables(conversationId, [
        { name: 'email', value: 'rosa@home.example', on: 'contact' },
      ]);
      await screen.until(
        'conversation.updated',
        (one) => one.conversationId === conversationId && one.conversation?.contact.email !== undefined,
      );
    });
  });
});

describe('what is told of a contact, whatever comes first', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    beforeAll(async () => {
      rooms = await openRooms(kind);
      place = await rooms.addPlace();
    });
    afterAll(() => rooms?.close());

    const set = (value: string, contact = {}): ChatFact => ({
      type: 'variables',
      variables: {},
      contact: { ...contact, variables: { tier: value } },
    });
    const started = (tier: string): ChatFact => ({
      type: 'conversation-started',
      contact: { externalContactId: 'v1', variables: { tier, city: 'Oslo' } },
      variables: {},
      aliases: [],
    });
    const project = async (laneKey: string, ...runs: ChatFact[][]) => {
      for (const facts of runs) {
        await rooms.record(
          place,
          laneKey,
          facts.map((fact) => [fact]),
        );
        await rooms.projectAll(place, [laneKey]);
      }
      const row = await rooms.database.prisma.conversation.findFirstOrThrow({
        where: { workspaceId: place.scope.workspaceId, externalConversationId: laneKey },
      });
      return rooms.list.read(place.scope, row.id);
    };

    it('the last word counts, also where it is what was known before', async () => {
      const view = await project('there and back', [hello, set('gold')], [set('silver'), set('gold')]);
      expect(view?.contact.variables).toEqual({ tier: 'gold' });
    });

    it('what was told before the contact had an id stays with it, and a beginning that comes late undoes nothing', async () => {
      const view = await project('late', [set('gold')], [started('none')]);
      expect(view?.contact).toMatchObject({
        externalContactId: 'v1',
        variables: { tier: 'gold', city: 'Oslo' },
      });
    });
  });
});
