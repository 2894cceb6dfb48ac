import { expect, it } from 'vitest';
import { chatGrace, deskAda, deskGrace, type Story } from './open-story.js';

/** What RT does not allow, and tickets that are there no more. */
export function describeRefusals(here: () => Story): void {
  /** What the operator reads: of the connection’s dead letters the one with this code. */
  const deadLetter = (story: Story, code: string) =>
    story.until(`the dead letter ${code}`, async () =>
      (await story.house.deliveries('dead')).find(
        ({ connectionId, reason }) => connectionId === story.connectionId && reason?.code === code,
      ),
    );

  it('an owner whom RT refuses with a 200: the operator is told which right is missing, and may send it again', async () => {
    const story = here();
    const { desk, house, talk } = story;
    if ((await story.ticket())?.assigneeEmail !== deskAda) await desk.assign(talk.ticketId, deskAda);
    desk.lab.setRight('revoke', 'grace', 'OwnTicket');
    const answer = await desk.act('bridge', 'PUT', `/ticket/${talk.ticketId}`, { Owner: 'grace' });
    expect(answer.status).toBe(200);
    expect((await story.ticket())?.assigneeEmail).toBe(deskAda);
    await house.act(talk.visitor.id, 'assign', { to: chatGrace });
    const dead = await deadLetter(story, 'change_refused');
    expect(dead.reason?.message).toContain('the agent needs the right OwnTicket on the queue');
    desk.lab.setRight('grant', 'grace', 'OwnTicket');
    await house.program.deliveries.redrive(dead.id);
    await story.until('Grace to own', async () => (await story.ticket())?.assigneeEmail === deskGrace);
  });

  it('words that RT’s gateway refuses with a 200: the operator is told which right is missing, and nothing is lost', async () => {
    const story = here();
    const { desk, house } = story;
    desk.lab.setRight('revoke', 'Requestor', 'ReplyToTicket');
    await story.write('You may not hear this yet.');
    const dead = await deadLetter(story, 'mail_refused');
    expect(dead.reason?.message).toContain('Grant the role Requestor the right ReplyToTicket');
    desk.lab.setRight('grant', 'Requestor', 'ReplyToTicket');
    await house.program.deliveries.redrive(dead.id);
    await story.expectSaid();
  });

  it('a merged ticket: what the contact says next is in the other', async () => {
    const story = here();
    const { desk, house } = story;
    const talk = await story.begin('The same as before.');
    const made = await desk.act('root', 'POST', '/ticket', { Queue: 'Chat', Subject: 'The big one' });
    const { id: other } = (await made.json()) as { id: string };
    await desk.mergeTicket?.(talk.ticketId, other);
    await talk.visitor.write('Is it still known?');
    const merged = { ...talk, ticketId: other };
    await story.until('the words in the other', async () =>
      (await story.entries(merged)).some(({ text }) => text.includes('Is it still known?')),
    );
    const { data } = await house.program.conversations.ticketLinks(talk.conversationId);
    expect(data).toMatchObject([{ externalTicketId: merged.ticketId }]);
    await desk.agentReplies(merged.ticketId, { email: deskAda, text: 'It is.' });
    await story.until('the answer', async () => (await talk.visitor.heard()).includes('It is.'));
    expect(await talk.visitor.heard()).toEqual(['It is.']);
  });

  it('a deleted ticket: what the contact says next is in a new one', async () => {
    const story = here();
    const talk = await story.begin('Delete me.');
    await story.desk.deleteTicket(talk.ticketId);
    await talk.visitor.write('Are you still there?');
    const ticket = await story.until('another ticket', async () =>
      (await story.desk.tickets()).find(({ reference }) => reference === talk.conversationId),
    );
    expect(ticket.id).not.toBe(talk.ticketId);
    await story.until('the words in it', async () => {
      const all = await story.entries({ ...talk, ticketId: ticket.id });
      return all.filter(({ text }) => text.includes('Are you still there?')).length === 1;
    });
  });
}
