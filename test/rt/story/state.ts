import { expect, it } from 'vitest';
import { ADA } from '../../support/tenancy.js';
import { chatGrace, deskAda, deskGrace, type Story } from './open-story.js';

/** Owner and status, both ways. */
export function describeState(here: () => Story): void {
  const knownStatus = async (story: Story): Promise<string | undefined> =>
    (await story.house.program.conversations.ticketLinks(story.talk.conversationId)).data[0]?.ticketStatus;

  it('an owner in RT has the chat, and who is given the chat is the owner in RT', async () => {
    const story = here();
    const { desk, house, until } = story;
    const { visitor, ticketId } = story.talk;
    await desk.assign(ticketId, deskGrace);
    await until('Grace to have the chat', async () => (await visitor.see()).assignee.email === chatGrace);
    await house.act(visitor.id, 'assign', { to: ADA.email });
    await until('Ada to own', async () => (await story.ticket())?.assigneeEmail === deskAda);
    expect((await visitor.see()).assignee.email).toBe(ADA.email);
  });

  it('an address that an agent gives to the contact in RT is known in the chat, and written from', async () => {
    const story = here();
    const { desk, house, until } = story;
    const talk = await story.begin('I have a question.');
    await talk.visitor.write('Who am I?');
    await until('the words', async () => (await story.entries(talk)).length > 1);
    await desk.act('ada', 'PUT', `/ticket/${talk.ticketId}`, { Requestor: ['rosa@home.example'] });
    await until('the bridge to know it', async () => {
      const { contact } = await house.program.conversations.read(talk.conversationId);
      return contact.email === 'rosa@home.example';
    });
    await until('the chat to be told', async () =>
      (await house.requests('update-variables')).some(
        ({ conversationId, body }) =>
          conversationId === talk.visitor.id && JSON.stringify(body).includes('rosa@home.example'),
      ),
    );
    await talk.visitor.write('Thank you.');
    const said = await until('the words', async () =>
      (await story.entries(talk)).find(({ text }) => text.trim() === 'Thank you.'),
    );
    expect(said.author).toMatchObject({ kind: 'contact', email: 'rosa@home.example' });
  });

  it('a ticket that was solved in RT is open again when the contact writes', async () => {
    const story = here();
    await story.desk.setStatus(story.talk.ticketId, 'resolved', deskAda);
    await story.until('the bridge to know', async () => (await knownStatus(story)) === 'solved');
    await story.write('It broke again.');
    await story.expectSaid();
    await story.until('it to be open', async () => (await story.ticket())?.status === 'open');
    await story.until('the bridge to know it', async () => (await knownStatus(story)) === 'open');
  });

  it('a chat that is closed solves its ticket', async () => {
    const story = here();
    const talk = await story.begin('Only a question.');
    await story.house.act(talk.visitor.id, 'close');
    await story.until('it to be solved', async () => (await story.ticket(talk))?.status === 'solved');
  });

  it('a ticket that is solved closes its chat, where the policy says so', async () => {
    const story = here();
    await story.setPolicy({ onTicketSolved: 'close' });
    const talk = await story.begin('A short question.');
    await story.desk.setStatus(talk.ticketId, 'resolved', deskAda);
    await story.until(
      'the chat to be closed',
      async () => (await talk.visitor.see()).status.toLowerCase() !== 'open',
    );
    await story.setPolicy({});
  });
}
