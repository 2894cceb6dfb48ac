import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import type { Connection, KnownTemplate } from '../../src/contract/index.js';
import { cutOff, keepShot, overhang, smallControls } from './console-page.js';
import { setScene } from './console-scene.js';

const scene = setScene();

const shipped: KnownTemplate = {
  name: 'order_shipped',
  language: 'en',
  words: {
    header: 'Order {{1}}',
    body: 'Hello {{1}}, your {{2}} has left our warehouse and is with you {{3}}.',
    footer: 'Nordlys Outdoor, Bergen',
  },
  parameters: {
    header: ['Order number'],
    body: ['First name', 'What was ordered'],
    buttons: { url: 'Tracking number' },
  },
  variables: ['campaign'],
};
const templates: KnownTemplate[] = [
  {
    name: 'come_back',
    language: 'en',
    words: { body: 'We miss you. Here is our catalogue for the winter.' },
  },
  shipped,
  {
    name: 'devolucion_aceptada',
    language: 'es_MX',
    words: { body: 'Hola {{1}}, hemos recibido su devolución.' },
  },
  { name: 'a_template_with_a_very_long_name_that_does_not_end_where_the_line_does_and_goes_on' },
];

const nameTemplates = (list: KnownTemplate[]): void => {
  const [chat, ...others] = scene.story.world.connections as [Connection, ...Connection[]];
  scene.story.world.connections.splice(0, 99, { ...chat, templates: list }, ...others);
};

const openDialog = async (page: Page) => {
  await page.locator('.said').first().waitFor();
  await page.getByLabel('Send a template', { exact: true }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Send a template' });
  await dialog.waitFor();
  return dialog;
};

const sentTemplate = () => {
  const said = scene.story.world.facts.findLast(({ type }) => type === 'message.queued');
  return (said?.data as { message: { kind: string; template?: unknown } }).message;
};

test.each([
  [1280, 'light'],
  [1280, 'dark'],
  [320, 'light'],
  [320, 'dark'],
] as const)(
  'a template is found, filled in, seen beforehand and sent by the keyboard alone, at %i px by %s',
  async (width, colorScheme) => {
    nameTemplates(templates);
    const { page, complaints } = await scene.open({ width, height: 720, at: scene.story.main });
    await page.emulateMedia({ colorScheme });
    const dialog = await openDialog(page);
    await dialog.locator('.choice').nth(3).waitFor();
    const fits = async (name: string): Promise<void> => {
      expect(await overhang(page)).toBe(0);
      expect(await cutOff(page, '.dialog, .dialog-body, .preview, .preview *, .field, .choice-name')).toEqual(
        [],
      );
      expect(await smallControls(page)).toEqual([]);
      await keepShot(page, `template-${name}-${width}-${colorScheme}`);
    };
    await fits('choice');

    await page.keyboard.type('warehouse');
    await vi.waitFor(async () => expect(await dialog.locator('.choice').count()).toBe(1));
    await page.keyboard.press('Enter');
    const preview = dialog.locator('.preview');
    await preview.getByText('First name').waitFor();
    expect(await preview.locator('.piece-blank').allInnerTexts()).toEqual([
      'Order number',
      'First name',
      'What was ordered',
      'Parameter 3',
    ]);
    await page.keyboard.type('NO-48213');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Maria');
    await fits('half-filled');
    // Not all is filled in: nothing leaves.
    await page.keyboard.press('Enter');
    expect(await dialog.isVisible()).toBe(true);
    // The browser has gone to the first blank.
    await page.keyboard.type('rain jacket');
    for (const words of ['tomorrow before noon', '8841', 'winter']) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(words);
    }
    expect(await preview.locator('.preview-bubble').innerText()).toMatch(
      /Order NO-48213\s+Hello Maria, your rain jacket has left our warehouse and is with you tomorrow before noon\.\s+Nordlys Outdoor, Bergen/,
    );
    await fits('filled');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await vi.waitFor(() =>
      expect(sentTemplate()).toMatchObject({
        kind: 'template',
        template: {
          name: 'order_shipped',
          parameters: {
            header: ['NO-48213'],
            body: ['Maria', 'rain jacket', 'tomorrow before noon'],
            buttons: { url: '8841' },
          },
          variables: { campaign: 'winter' },
        },
      }),
    );
    await page.locator('.said', { hasText: 'your rain jacket has left our warehouse' }).waitFor();
    await keepShot(page, `template-sent-${width}-${colorScheme}`);
    expect(complaints).toEqual([]);
  },
);

test('blanks that hold only spaces are not filled in', async () => {
  nameTemplates([shipped]);
  const { page } = await scene.open({ at: scene.story.main });
  const dialog = await openDialog(page);
  await dialog.locator('.choice', { hasText: 'order_shipped' }).click();
  for (const field of await dialog.locator('.blanks input').all()) await field.fill('x');
  await dialog.getByLabel('First name').fill('   ');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  expect(await dialog.isVisible()).toBe(true);
  expect(scene.backEnd.requests.some((line) => line.endsWith('/messages'))).toBe(false);
});

test.each([1280, 320])(
  'a name is typed where it is not on the list, with whatever it asks for, at %i px',
  async (width) => {
    nameTemplates(templates);
    const { page } = await scene.open({ width, height: 720, at: scene.story.main });
    const dialog = await openDialog(page);
    await dialog.getByRole('button', { name: 'Another template, by its name' }).click();
    await dialog.getByLabel('Name of the template').fill('one_time_code');
    const add = (words: string) => dialog.getByRole('button', { name: `Add to ${words}` }).click();
    await add('text parameters');
    await add('text parameters');
    await add('button parameters');
    await add('variables');
    await dialog.getByLabel('Text parameters, number 1', { exact: true }).fill('Maria');
    await dialog.getByLabel('Text parameters, number 2', { exact: true }).fill('five minutes');
    await dialog.getByLabel('Button parameters, number 1: name').fill('otp');
    await dialog.getByLabel('Button parameters, number 1', { exact: true }).fill('884122');
    await dialog.getByLabel('Variables, number 1: name').fill('reason');
    await dialog.getByLabel('Variables, number 1', { exact: true }).fill('sign-in');
    expect(await overhang(page)).toBe(0);
    expect(await cutOff(page, '.dialog, .dialog-body, .parameter')).toEqual([]);
    expect(await smallControls(page)).toEqual([]);
    await keepShot(page, `template-by-hand-${width}`);
    await dialog.getByRole('button', { name: 'Send', exact: true }).click();
    await vi.waitFor(() =>
      expect(sentTemplate().template).toEqual({
        name: 'one_time_code',
        parameters: { body: ['Maria', 'five minutes'], buttons: { otp: '884122' } },
        variables: { reason: 'sign-in' },
      }),
    );
  },
);

test.each([
  ['button parameters', 'Button parameters', 'url'],
  ['variables', 'Variables', 'campaign'],
])(
  'of %s none is lost: two of a name, and one without, are told at their fields',
  async (words, title, name) => {
    const { page } = await scene.open({ at: scene.story.main });
    const dialog = await openDialog(page);
    await dialog.getByLabel('Name of the template').fill('order_shipped');
    const add = dialog.getByRole('button', { name: `Add to ${words}` });
    const nameOf = (number: number) => dialog.getByLabel(`${title}, number ${number}: name`);
    for (const [number, typed] of [
      [1, name],
      [2, ` ${name} `],
    ] as const) {
      await add.click();
      await nameOf(number).fill(typed);
      await dialog.getByLabel(`${title}, number ${number}`, { exact: true }).fill(`value ${number}`);
    }
    const send = dialog.getByRole('button', { name: 'Send', exact: true });
    const field =
      'document.activeElement.getAttribute("aria-label") + " | " + document.activeElement.validationMessage';
    const isHeld = async (told: string): Promise<void> => {
      await dialog.getByLabel('Name of the template').focus();
      await send.click();
      // The browser goes to the field and says why.
      await expect
        .poll(() => page.evaluate(field))
        .toMatch(new RegExp(`^${title}, number 2: name \\| .*${told}`, 'u'));
      expect(scene.backEnd.requests.some((line) => line.endsWith('/messages'))).toBe(false);
    };
    await isHeld(`“${name}” has a value already`);
    await nameOf(2).fill('');
    await isHeld('\\w');
    await nameOf(2).fill('  ');
    await isHeld('\\w');
    await nameOf(2).fill('other');
    await send.click();
    await dialog.waitFor({ state: 'detached' });
    const both = { [name]: 'value 1', other: 'value 2' };
    await vi.waitFor(() =>
      expect(sentTemplate().template).toMatchObject(
        words === 'variables' ? { variables: both } : { parameters: { buttons: both } },
      ),
    );
  },
);

test('where none is known a name is typed; once it was sent it can be picked, with what it asked for', async () => {
  const { page } = await scene.open({ at: scene.story.main });
  const byHand = await openDialog(page);
  await byHand.getByLabel('Name of the template').fill('hello_again');
  await byHand.getByRole('button', { name: 'Add to text parameters' }).click();
  await byHand.getByLabel('Text parameters, number 1', { exact: true }).fill('Maria');
  await page.keyboard.press('Enter');
  await byHand.waitFor({ state: 'detached' });
  await vi.waitFor(() => expect(sentTemplate().template).toMatchObject({ name: 'hello_again' }));
  // Until WotNot has taken it nobody knows whether there is such a template.
  const before = await openDialog(page);
  await before.getByLabel('Name of the template').waitFor();
  await page.keyboard.press('Escape');
  const { id } = sentTemplate() as unknown as { id: string };
  scene.story.world.become(id, 'message.sent', { state: 'sent', sentAt: new Date().toISOString() });
  await page.locator('.said', { hasText: 'hello_again' }).getByText('Sent').waitFor();
  const kept = await page.evaluate('JSON.stringify(sessionStorage)');
  expect(kept).toContain('hello_again');
  expect(kept).not.toContain('Maria');
  await page.reload();
  const dialog = await openDialog(page);
  await dialog.locator('.choice', { hasText: 'hello_again' }).click();
  await dialog.getByLabel('Parameter 1').fill('Jonas');
  await page.keyboard.press('Enter');
  await vi.waitFor(() =>
    expect(sentTemplate().template).toEqual({ name: 'hello_again', parameters: { body: ['Jonas'] } }),
  );
});
