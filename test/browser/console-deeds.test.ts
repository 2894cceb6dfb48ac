import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keepShot } from './console-page.js';
import { setScene } from './console-scene.js';

const scene = setScene();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'console-deeds-'));
  writeFileSync(path.join(folder, 'size guide.txt'), 'S M L');
  writeFileSync(path.join(folder, 'returns.txt'), '14 days');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asked = (line: string) => scene.backEnd.requests.filter((request) => request === line).length;

/** Drags files from outside over a place on the page, as the browser itself would. */
async function drag(page: Page, over: string, names: string[]) {
  const session = await page.context().newCDPSession(page);
  const box = await page.locator(over).first().boundingBox();
  const at = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
  const data = { items: [], files: names.map((name) => path.join(folder, name)), dragOperationsMask: 1 };
  const tell = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, ...at, data });
  await tell('dragEnter');
  await tell('dragOver');
  return {
    drop: () => tell('drop'),
    leaveFor: async (place: string) => {
      const elsewhere = await page.locator(place).first().boundingBox();
      at.x = (elsewhere?.x ?? 0) + 20;
      at.y = (elsewhere?.y ?? 0) + 20;
      await tell('dragOver');
    },
  };
}

describe('a file that is dropped', () => {
  test('on the conversation shows where it goes, is attached to the reply and is sent', async () => {
    const { page, complaints } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    const dragged = await drag(page, '.thread-scroll', ['size guide.txt', 'returns.txt']);
    await page.getByText('Let go to attach').waitFor();
    await keepShot(page, 'drop-over-1280');
    await dragged.drop();
    await page.getByText('Let go to attach').waitFor({ state: 'detached' });
    await page.locator('.attached-ready').nth(1).waitFor();
    expect(scene.backEnd.uploads.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
      ['size guide.txt', 'S M L'],
      ['returns.txt', '14 days'],
    ]);
    await page.getByLabel('Send the reply').click();
    await vi.waitFor(() =>
      expect(scene.backEnd.requests.filter((line) => line.endsWith('/messages')).length).toBe(2),
    );
    expect(complaints).toEqual([]);
  });

  test('and is taken away again leaves nothing', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    const dragged = await drag(page, '.thread-scroll', ['size guide.txt']);
    await page.getByText('Let go to attach').waitFor();
    await dragged.leaveFor('.list-scroll');
    await page.getByText('Let go to attach').waitFor({ state: 'detached' });
    expect(await page.locator('.attached').count()).toBe(0);
  });

  test('on a closed conversation is refused in words, as it could not be sent', async () => {
    scene.story.world.close(scene.story.heldByBot);
    const { page } = await scene.open({ at: scene.story.heldByBot });
    await page.getByLabel('Note for agents').waitFor();
    await (await drag(page, '.thread-scroll', ['size guide.txt'])).drop();
    await page.getByText('The conversation is closed. It takes notes, and no files.').waitFor();
    expect(scene.backEnd.uploads).toEqual([]);
    expect(await page.locator('.row-draft, .row', { hasText: 'Draft' }).count()).toBe(0);
  });

  test('beside the conversation does not take the place of the desk', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.getByLabel('Reply to the contact').fill('half a thought');
    for (const beside of ['.list-scroll', '.details-scroll']) {
      await (await drag(page, beside, ['size guide.txt'])).drop();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(page.url()).toContain(scene.backEnd.url);
    expect(await page.getByLabel('Reply to the contact').inputValue()).toBe('half a thought');
    expect(scene.backEnd.uploads).toEqual([]);
  });
});

describe('assigning', () => {
  test('to an agent: found by a part of the name, taken with Enter, told in the thread and the list', async () => {
    const { page, complaints } = await scene.open({ at: scene.story.heldByBot });
    await page.getByRole('button', { name: 'Assigned to Nordlys bot. Change' }).first().press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Assign to' });
    await dialog.getByLabel('An agent’s name or e-mail, or a team').fill('chia');
    await keepShot(page, 'assign-1280');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(asked(`PUT /v1/conversations/${scene.story.heldByBot}/assignee`)).toBe(1);
    await page.getByRole('button', { name: 'Assigned to Chiara Russo. Change' }).first().waitFor();
    await page.locator('.row-current').getByTitle('Assigned to Chiara Russo').waitFor();
    await page.locator('.event', { hasText: 'Chiara Russo' }).waitFor();
    expect(scene.story.world.read(scene.story.heldByBot)?.assignee).toMatchObject({
      email: 'chiara@example.com',
    });
    expect(complaints).toEqual([]);
  });

  test('to a team that is known, and to one that is typed in whole', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    const assignee = () => scene.story.world.read(scene.story.main)?.assignee;
    for (const [now, typed, team] of [
      ['you', 'deliv', 'Deliveries'],
      ['Deliveries', 'Returns desk', 'Returns desk'],
    ] as const) {
      scene.story.world.put(scene.story.uncertain, { type: 'team', team: 'Deliveries' });
      await page
        .getByRole('button', { name: new RegExp(`Assigned to ${now}`, 'i') })
        .first()
        .click();
      const dialog = page.getByRole('dialog', { name: 'Assign to' });
      await dialog.getByLabel('An agent’s name or e-mail, or a team').fill(typed);
      await dialog.locator('.choice', { hasText: team }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(assignee()).toEqual({ type: 'team', team });
    }
  });

  test('that is refused says why, and the dialog stays', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page
      .getByRole('button', { name: /^Assigned to/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: 'Assign to' });
    scene.backEnd.refuseNext('PUT /v1/conversations', 409, 'agent_unknown');
    await dialog.locator('.choice', { hasText: 'Ben Okafor' }).click();
    // What lies under a modal dialog is dimmed and out of reach, so it is said in it.
    await dialog.getByText('There is no agent with this e-mail address.').waitFor();
    await dialog.locator('.choice', { hasText: 'Ben Okafor' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(scene.story.world.read(scene.story.main)?.assignee).toMatchObject({ email: 'ben@example.com' });
  });
});

describe('tickets', () => {
  test.each([1280, 320])(
    'one is linked, refused where it belongs elsewhere, and unlinked, at %i px',
    async (width) => {
      const { page } = await scene.open({ width, at: scene.story.heldByBot });
      await page.locator('.said').first().waitFor();
      if (width < 1_000) await page.getByRole('button', { name: 'Details' }).click();
      await page.getByRole('button', { name: 'Link a ticket' }).click();
      const dialog = page.getByRole('dialog', { name: 'Link a ticket' });
      await dialog.getByLabel('Number of the ticket').fill('48213');
      scene.backEnd.refuseNext('PUT /v1/ticket-links', 409, 'ticket_linked_elsewhere');
      await page.keyboard.press('Enter');
      await dialog.getByText('This ticket already belongs to another conversation.').waitFor();
      await keepShot(page, `link-refused-${width}`);
      await dialog.getByLabel('Number of the ticket').fill('50001');
      await dialog
        .getByLabel('Its address (optional)')
        .fill('https://nordlys.zendesk.com/agent/tickets/50001');
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      const ticket = page.locator('.ticket', { hasText: '50001' });
      await ticket.getByText('Zendesk').waitFor();
      expect(await ticket.locator('a').getAttribute('href')).toBe(
        'https://nordlys.zendesk.com/agent/tickets/50001',
      );
      await ticket.getByRole('button', { name: 'Unlink ticket 50001' }).press('Enter');
      const question = page.getByRole('dialog', { name: 'Unlink this ticket?' });
      await question.getByRole('button', { name: 'Keep it' }).click();
      await question.waitFor({ state: 'detached' });
      expect(await ticket.count()).toBe(1);
      await ticket.getByRole('button', { name: 'Unlink ticket 50001' }).click();
      await question.getByRole('button', { name: 'Unlink' }).click();
      await ticket.waitFor({ state: 'detached' });
      expect(asked('DELETE /v1/ticket-links/con_2/50001')).toBe(1);
      expect(scene.story.world.read(scene.story.heldByBot)?.ticketLinks).toEqual([]);
    },
  );

  test.each([
    ['deleted', 'Ticket 48 was deleted in its desk. The contact’s next message makes a new one'],
    ['merged', 'Ticket 48 was merged into another in its desk.'],
    ['replaced', 'Ticket 48 takes nothing more: it is closed for good or was deleted.'],
    [undefined, 'Ticket 48 unlinked'],
  ])('one whose link has ended (%s) says why, and what comes next', async (reason, sentence) => {
    const { page } = await scene.open({ at: scene.story.heldByBot });
    await page.locator('.said').first().waitFor();
    const data = {
      connectionId: 'con_2',
      externalTicketId: '48',
      ...(reason === undefined ? {} : { reason }),
    };
    scene.story.world.mark(scene.story.heldByBot, {}, 'ticket.unlinked', data);
    await page.getByText(sentence).waitFor();
  });
});

describe('closing', () => {
  test('asks, closes, and leaves a conversation that takes notes only and is off the open list', async () => {
    const { page, complaints } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).first().press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Close this conversation?' });
    await dialog.getByRole('button', { name: 'Close it' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.thread-head .badge', { hasText: 'Closed' }).waitFor();
    expect(asked(`POST /v1/conversations/${scene.story.main}/close`)).toBe(1);
    await page.locator('.row', { hasText: 'Maria' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Reply', exact: true }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Close', exact: true }).count()).toBe(0);
    await page.getByLabel('Note for agents').fill('Done');
    await page.keyboard.press('Enter');
    await vi.waitFor(() => expect(scene.story.world.facts.at(-1)?.type).toBe('note.added'));
    await keepShot(page, 'closed-1280');
    expect(complaints).toEqual([]);
  });

  test('that is refused says why and can be asked for again', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    scene.backEnd.refuseNext('POST /v1/conversations', 403, 'forbidden');
    const close = page.getByRole('button', { name: 'Close', exact: true }).first();
    await close.click();
    await page.getByRole('button', { name: 'Close it' }).click();
    await page.getByText('You may not do this here.').waitFor();
    await close.click();
    await page.getByRole('button', { name: 'Close it' }).click();
    await page.locator('.thread-head .badge', { hasText: 'Closed' }).waitFor();
  });
});

describe('a message of which nobody knows whether it arrived', () => {
  test('is sent again when the agent says so, and shows that it was', async () => {
    const { page } = await scene.open({ at: scene.story.uncertain });
    const bubble = page.locator('.said', { hasText: 'Yes, from 12 to 17 h.' });
    await bubble.getByText('Not known whether it arrived').waitFor();
    await keepShot(page, 'uncertain-1280');
    await bubble.getByRole('button', { name: 'Send again' }).press('Enter');
    await bubble.getByText('Queued').waitFor();
    expect(scene.story.world.settlements).toEqual([['dlv_u', 'resend']]);
    expect(await bubble.getByRole('group', { name: 'Did this message arrive?' }).count()).toBe(0);
    const { message } = scene.story.world.facts.findLast(({ type }) => type === 'message.queued')?.data as {
      message: { id: string };
    };
    scene.story.world.become(message.id, 'message.sent', { state: 'sent', flags: ['possibleDuplicate'] });
    await bubble.getByText('Sent', { exact: true }).waitFor();
    await bubble.getByText('sent again').waitFor();
  });

  test('that was settled elsewhere meanwhile says so', async () => {
    const { page } = await scene.open({ at: scene.story.uncertain });
    scene.backEnd.refuseNext('POST /v1/deliveries', 409, 'delivery_not_uncertain');
    await page.getByRole('button', { name: 'Do not send' }).click();
    await page.getByText('This has been settled in the meantime.').waitFor();
    expect(await page.getByRole('button', { name: 'Do not send' }).isEnabled()).toBe(true);
  });
});
