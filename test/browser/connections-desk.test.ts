import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import type { Connection } from '../../src/contract/index.js';
import { cutOff, keepShot, overhang, smallControls } from './console-page.js';
import { setScene } from './console-scene.js';

// What changes is looked for every five seconds.
vi.setConfig({ testTimeout: 60_000 });

const scene = setScene();

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();
const CARRIES: NonNullable<Connection['capabilities']> = {
  mostFileBytes: 50_000_000,
  mostFilesPerMessage: 20,
  carriesFiles: true,
  mostTextCharacters: 65_000,
  writesAsContact: true,
  statuses: ['new', 'open', 'pending', 'solved', 'closed'],
  priorities: true,
  tags: true,
  teams: true,
  ticketBudget: { most: 30, seconds: 600 },
  callsPerMinute: 200,
};
const quiet = { waiting: 0, uncertain: 0, dead: 0, breaker: 'closed' } as const;

function stand(number: number, more: Partial<Connection>): void {
  const { connections } = scene.story.world;
  const at = connections.findIndex(({ id }) => id === `con_${number}`);
  const before = connections[at];
  if (before === undefined) throw new Error('there is no such connection');
  connections[at] = { ...before, ...more };
}

const openConnections = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /settings and sign out/ }).click();
  await page.getByRole('button', { name: 'Connections' }).click();
  await page.getByRole('heading', { name: 'Connections' }).waitFor();
};

test.each([
  [1280, 'light'],
  [1280, 'dark'],
  [320, 'light'],
  [320, 'dark'],
] as const)(
  'how it stands with each connection, at %i px by %s, as it changes',
  async (width, colorScheme) => {
    stand(1, { lastInboundAt: ago(5), lastDeliveredAt: ago(9), health: quiet });
    stand(2, {
      name: 'Zendesk of the Bilbao shop <b>with a long name</b> and-a-word-that-is-very-long-indeed-it-is',
      status: 'paused',
      pausedReason: 'Zendesk does not accept the credentials. Replace them.',
      health: { ...quiet, waiting: 12, oldestWaitingAt: ago(7_500), oldestWaitingSeconds: 7_500, dead: 3 },
      capabilities: CARRIES,
    });
    const { page, complaints } = await scene.open({ width });
    await page.emulateMedia({ colorScheme });
    await openConnections(page);
    const chat = page.locator('.connection-card', { hasText: 'WotNot' });
    await chat.getByText('Working').waitFor();
    const desk = page.locator('.connection-card', { hasText: 'Zendesk' });
    await desk.getByText('Paused').waitFor();
    await desk.getByText('does not accept the credentials').waitFor();
    const pair = (name: string) =>
      desk.locator('.pairs > div', { has: page.getByText(name, { exact: true }) });
    expect(await pair('Waiting').locator('dd').textContent()).toBe('12');
    expect(await pair('Dead').locator('dd').textContent()).toBe('3');
    expect(await pair('Lag').locator('dd').textContent()).toBe('2 h');
    expect(await pair('Last event in').locator('dd').textContent()).toBe('never');
    expect(await pair('Oldest waiting since').locator('time').getAttribute('datetime')).toBeTruthy();
    expect(await pair('Takes files').locator('dd').textContent()).toBe('of 50.0 MB, 20 a message');
    expect(await pair('Longest message').locator('dd').textContent()).toBe('65,000 characters');
    expect(await pair('Changes of a ticket').locator('dd').textContent()).toBe('30 in 10 min');
    expect(await pair('Calls a minute').locator('dd').textContent()).toBe('200');
    expect(await overhang(page)).toBe(0);
    expect(await cutOff(page, '.dialog, .connection-card, .connection-card *')).toEqual([]);
    expect(await smallControls(page)).toEqual([]);
    await keepShot(page, `connections-${width}-${colorScheme}`);

    const { pausedReason: _reason, ...mended } = scene.story.world.connections[1] as Connection;
    const linking = { ...CARRIES, carriesFiles: false };
    const owing = { ...mended, status: 'active' as const, health: quiet, capabilities: linking };
    scene.story.world.connections[1] = { ...owing, registrationOwedAt: ago(300) };
    await desk.getByText('No webhook yet').waitFor({ timeout: 15_000 });
    expect(await pair('Not told of its webhook since').locator('time').count()).toBe(1);
    expect(await pair('Takes files').locator('dd').textContent()).toBe('as links only');
    scene.story.world.connections[1] = owing;
    await desk.getByText('Working').waitFor({ timeout: 15_000 });
    scene.backEnd.refuseNext('GET /v1/connections', 403, 'forbidden');
    await page.getByText('What is shown may be old').waitFor({ timeout: 15_000 });
    expect(complaints.filter((line) => !line.includes('403'))).toEqual([]);
  },
);

test('a ticket is one click away with its status, and what was written in a helpdesk says in which', async () => {
  const { world, main } = scene.story;
  const ada = { type: 'agent', name: 'Ada Lindqvist', email: 'ada@example.com' } as const;
  const answer = world.say(main, ada, 'Written in the desk', {
    direction: 'out',
    originConnectionId: 'con_2',
  });
  world.become(answer.id, 'message.sent', { state: 'sent' });
  const { page, complaints } = await scene.open({ at: main });
  const told = page.locator('.said', { hasText: 'Written in the desk' });
  await told.getByText('from Zendesk').waitFor();
  expect(await page.locator('.said', { hasText: 'Hello Maria' }).getByText('from Zendesk').count()).toBe(0);
  const ticket = page.locator('.ticket a.ticket-main');
  await ticket.getByText('open', { exact: true }).waitFor();
  expect(await ticket.getAttribute('href')).toBe('https://nordlys.zendesk.com/agent/tickets/48213');
  expect(await ticket.getAttribute('target')).toBe('_blank');
  expect(await ticket.getAttribute('rel')).toContain('noopener');
  await keepShot(page, 'console-origin-1280');
  expect(complaints).toEqual([]);
});
