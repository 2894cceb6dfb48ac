import { describe, expect, test, vi } from 'vitest';
import type { Author } from '../../src/contract/index.js';
import { count, cutOff, linksInThread, overhang, scrollThread, smallControls } from './console-page.js';
import { badAddresses, badTexts } from './console-payloads.js';
import { setScene } from './console-scene.js';

const maria: Author = { type: 'contact', name: 'Maria Fernández' };
const scene = setScene();

describe('signing in', () => {
  test('the code leaves the address at once, a reload stays signed in, and neither token nor word lies in localStorage', async () => {
    const { page, complaints } = await scene.open();
    expect(page.url()).not.toContain('code');
    await page.locator('.row').first().waitFor();
    await page.reload();
    await page.locator('.row').first().waitFor();
    const readKept = () => page.evaluate('JSON.stringify(localStorage)');
    await vi.waitFor(async () => expect(await readKept()).not.toBe('{}'), 8_000);
    const kept = String(await readKept());
    for (const secret of [scene.story.world.session.token, scene.story.world.code, 'Maria', 'ada@']) {
      expect(kept).not.toContain(secret);
    }
    expect(scene.backEnd.requests.filter((line) => line.startsWith('POST /v1/session')).length).toBe(1);
    expect(scene.backEnd.requests.join('\n')).not.toContain(scene.story.world.code);
    expect(complaints).toEqual([]);
  });

  test('signing out leaves nothing behind and asks for a link', async () => {
    const { page } = await scene.open();
    await page.getByRole('button', { name: /settings and sign out/ }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByLabel('Sign-in link').waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).toBe('{}');
    expect(await page.evaluate('JSON.stringify(localStorage)')).toBe('{}');
    await vi.waitFor(() => expect(scene.backEnd.requests).toContain('DELETE /v1/session'));
  });

  test('a link with a ticket in it opens that ticket’s conversation', async () => {
    const page = await scene.browser.newPage();
    await page.goto(`${scene.backEnd.url}/#code=${scene.story.world.code}&ticket=con_2/48213`);
    await page.locator('.thread-head', { hasText: 'Maria Fernández' }).waitFor();
    expect(page.url()).toContain(`#conversation=${scene.story.main}`);
  });

  test('a used link says so in words, and a pasted one works', async () => {
    const page = await scene.browser.newPage();
    await page.goto(`${scene.backEnd.url}/#code=used-before-1234`);
    await page.getByText('has been used or is too old').waitFor();
    await page.getByLabel('Sign-in link').fill(`${scene.backEnd.url}/#code=${scene.story.world.code}`);
    await page.keyboard.press('Enter');
    await page.locator('.row').first().waitFor();
  });
});

describe('B17: what a contact writes stays text', () => {
  test('S-UI-2: no payload of the collection runs, loads or becomes an element, in any field', async () => {
    expect(badTexts.length).toBeGreaterThanOrEqual(50);
    const { world } = scene.story;
    const [first = ''] = badTexts;
    const conversation = world.open(
      {
        name: first,
        email: badTexts[1] ?? '',
        phone: badTexts[11] ?? '',
        variables: { [badTexts[12] ?? '']: badTexts[13] ?? '' },
      },
      { channel: badTexts[14] ?? '', labels: [badTexts[15] ?? ''], variables: { x: badTexts[16] ?? '' } },
    );
    for (const text of badTexts) {
      world.say(conversation, { type: 'contact', name: text }, text, { buttons: [{ title: text }] });
      world.note(conversation, { type: 'agent', name: text, email: 'x@example.com' }, text);
    }
    for (const url of badAddresses) {
      world.say(conversation, maria, '', {
        links: [{ url, title: 'a link' }],
        buttons: [{ title: 'a button', url }],
        attachments: [
          { kind: 'image', url, name: url },
          { kind: 'audio', url },
          { kind: 'file', url },
        ],
      });
    }
    const { page, complaints, outside } = await scene.open({ at: conversation });
    while ((await count(page, '.thread-content > .load-more')) > 0 || (await count(page, '.said')) === 0) {
      await scrollThread(page, 0);
    }
    expect(await count(page, '.said, .note')).toBe(badTexts.length * 2 + badAddresses.length);
    const links = await linksInThread(page);
    expect(links.length).toBeGreaterThan(0);
    for (const { protocol, rel } of links) {
      expect(['http:', 'https:', 'mailto:']).toContain(protocol);
      expect(rel).toBe('noopener noreferrer nofollow');
    }
    const strangers = 'script, iframe, object, embed, base, meta, style, link, math, form';
    expect(await count(page, `.desk :is(${strangers})`)).toBe(0);
    expect(await page.getByText('<script>fired()</script>', { exact: true }).count()).toBeGreaterThan(0);
    expect(await page.evaluate('window.firings')).toBe(0);
    expect(outside).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("S-UI-6: a picture that lies outside is loaded only when the agent asks, and its host isn't told who asks", async () => {
    const { page, outside } = await scene.open({ at: scene.story.main });
    const show = page.getByRole('button', { name: 'Show the picture' });
    await show.waitFor();
    expect(outside).toEqual([]);
    await page.route('https://pictures.example/**', (route) => {
      expect(route.request().headers().referer).toBeUndefined();
      return route.fulfill({ status: 404 });
    });
    await show.click();
    await vi.waitFor(() => expect(outside).toEqual(['https://pictures.example/box.jpg']));
  });
});

describe('answering', () => {
  test('a reply shows at once, is one bubble throughout, and follows its states', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    const reply = page.getByLabel('Reply to the contact');
    await reply.fill('It left this morning.');
    await reply.press('Enter');
    const bubble = page.locator('.said', { hasText: 'It left this morning.' });
    await bubble.waitFor();
    await vi.waitFor(() =>
      expect(scene.backEnd.requests.some((line) => line.includes('/messages'))).toBe(true),
    );
    expect(await reply.inputValue()).toBe('');
    const said = scene.story.world.facts.findLast(({ type }) => type === 'message.queued');
    const id = (said?.data as { message: { id: string } }).message.id;
    scene.story.world.become(id, 'message.sent', { state: 'sent', sentAt: new Date().toISOString() });
    await bubble.getByText('Sent').waitFor();
    scene.story.world.become(id, 'message.read', { readAt: new Date().toISOString() });
    await bubble.getByText('Read').waitFor();
    expect(await bubble.count()).toBe(1);
  });

  test('the answer alone makes a bubble a message, when no fact has told of it', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    scene.story.world.mute(true);
    await page.getByLabel('Reply to the contact').fill('Only answered');
    await page.keyboard.press('Enter');
    const bubble = page.locator('.said', { hasText: 'Only answered' });
    await bubble.getByText('Queued').waitFor();
    expect(await bubble.count()).toBe(1);
  });

  test('ten replies typed in one go arrive in order, once, however long each is on its way', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    scene.backEnd.slowReplies([600, 0, 400, 0, 0, 300, 0, 0, 0, 0]);
    const reply = page.getByLabel('Reply to the contact');
    const words = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    for (const word of words) {
      await reply.fill(word);
      await reply.press('Enter');
    }
    await vi.waitFor(() => {
      const said = scene.story.world.facts.filter(({ type }) => type === 'message.queued').slice(-10);
      expect(said.map(({ data }) => (data as { message: { text: string } }).message.text)).toEqual(words);
    }, 8_000);
    await page.locator('.entries-waiting > *').waitFor({ state: 'detached' });
    expect(await page.locator('.said', { hasText: /^line \d/ }).count()).toBeLessThanOrEqual(10);
    expect(await page.locator('.bubble', { hasText: /^line \d$/ }).allInnerTexts()).toEqual(words);
  });

  test('a refused reply keeps its text: try again, edit or discard', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    scene.backEnd.refuseNext('POST /v1/conversations', 409, 'connection_disconnected');
    const reply = page.getByLabel('Reply to the contact');
    await reply.fill('Keep me');
    await reply.press('Enter');
    await page.getByText('Not sent. The connection to this channel has been removed').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await reply.inputValue()).toBe('Keep me');
  });

  test('while the bridge is too busy a reply waits, then goes', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    scene.backEnd.refuseNext('POST /v1/conversations', 503, 'overloaded');
    await page.getByLabel('Reply to the contact').fill('Patience');
    await page.keyboard.press('Enter');
    await page.locator('.said', { hasText: 'Patience' }).getByText('Queued').waitFor();
    expect(await page.locator('.said', { hasText: 'Patience' }).count()).toBe(1);
  });

  test('a reply whose answer was lost is asked for again under its key, and is said once', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    scene.story.world.mute(true);
    scene.backEnd.loseNextAnswer();
    await page.getByLabel('Reply to the contact').fill('Only once');
    await page.keyboard.press('Enter');
    await page.locator('.said', { hasText: 'Only once' }).getByText('Queued').waitFor();
    expect(scene.backEnd.requests.filter((line) => line.endsWith('/messages')).length).toBe(2);
    expect(scene.story.world.facts.filter(({ type }) => type === 'message.queued').slice(-2)).toMatchObject([
      { data: { message: { text: 'You can also book a visit on our page.' } } },
      { data: { message: { text: 'Only once' } } },
    ]);
  });

  test('a file goes up as it is attached, and the text beside it goes as its caption', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    const file = { name: 'size guide.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') };
    await page.locator('input[type=file]:not([accept])').setInputFiles(file);
    await page.locator('.attached-ready', { hasText: 'size guide.pdf' }).waitFor();
    expect(scene.backEnd.uploads).toMatchObject([{ name: 'size guide.pdf', contentType: 'application/pdf' }]);
    await page.getByLabel('Reply to the contact').fill('Here it is');
    await page.keyboard.press('Enter');
    await vi.waitFor(() => {
      const said = scene.story.world.facts.findLast(({ type }) => type === 'message.queued');
      expect(said?.data).toMatchObject({ message: { kind: 'file', text: 'Here it is' } });
    });
    expect(await page.locator('.attached').count()).toBe(0);
  });

  test('a file that cannot go up says why and stays to be tried again', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    scene.backEnd.refuseNext('POST /v1/files', 413, 'body_too_large');
    const file = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('x') };
    await page.locator('input[type=file]:not([accept])').setInputFiles(file);
    await page.getByText('This is too large. A file may have 25 MB.').waitFor();
    expect(await page.getByLabel('Send the reply').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.attached-ready').waitFor();
  });

  test('a voice message is recorded and goes as WAV, one channel, 16 kHz', async () => {
    const { page, complaints } = await scene.open({ at: scene.story.main });
    await page.getByLabel('Record a voice message').click();
    await page.getByText('0:01', { exact: true }).waitFor();
    await page.getByLabel('Send the recording').click();
    await vi.waitFor(() => expect(scene.backEnd.uploads.length).toBe(1), 8_000);
    const { contentType, bytes } = scene.backEnd.uploads[0] ?? { contentType: '', bytes: Buffer.alloc(44) };
    expect(contentType).toBe('audio/wav');
    expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt32LE(40)]).toEqual([
      1,
      16_000,
      bytes.length - 44,
    ]);
    expect(bytes.length).toBeGreaterThan(16_000);
    await vi.waitFor(() =>
      expect(scene.story.world.facts.at(-1)?.data).toMatchObject({ message: { kind: 'voice' } }),
    );
    expect(complaints).toEqual([]);
  });

  test('a note is marked as seen by agents only and is not a message', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.getByRole('button', { name: 'Note' }).click();
    await page.getByLabel('Note for agents').fill('Between us');
    await page.keyboard.press('Enter');
    const note = page.locator('.note', { hasText: 'Between us' });
    await note.getByText('only agents see this').waitFor();
    await vi.waitFor(() => expect(scene.story.world.facts.at(-1)?.type).toBe('note.added'));
    expect(await note.count()).toBe(1);
  });

  test('a closed conversation takes notes and no replies', async () => {
    scene.story.world.close(scene.story.heldByBot);
    const { page } = await scene.open({ at: scene.story.heldByBot });
    await page.getByText('When the contact writes again it opens, or another one begins').waitFor();
    expect(await page.getByRole('button', { name: 'Reply', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Note for agents').fill('For the file');
    await page.getByLabel('Add the note').click();
    await vi.waitFor(() => expect(scene.story.world.facts.at(-1)?.type).toBe('note.added'));
  });

  test('an uncertain message asks, and the answer settles it', async () => {
    const { page } = await scene.open({ at: scene.story.uncertain });
    await page.getByRole('button', { name: 'It arrived' }).click();
    await page.getByRole('button', { name: 'It arrived' }).waitFor({ state: 'detached' });
    expect(scene.backEnd.requests).toContain('POST /v1/deliveries/dlv_u/resolve');
    expect(scene.story.world.facts.at(-1)).toMatchObject({
      type: 'message.sent',
      data: { message: { state: 'sent' } },
    });
  });

  test('what the bot holds says that a reply takes it over', async () => {
    const { page } = await scene.open({ at: scene.story.heldByBot });
    await page.getByText('Your reply takes the conversation over').waitFor();
  });

  test('a draft survives a look at another conversation', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.getByLabel('Reply to the contact').fill('half a thought');
    await page.locator('.row', { hasText: 'Jonas Weber' }).click();
    await page.locator('.thread-head', { hasText: 'Jonas Weber' }).waitFor();
    expect(await page.getByLabel('Reply to the contact').inputValue()).toBe('');
    await page.locator('.row', { hasText: 'Maria' }).getByText('Draft').waitFor();
    await page.locator('.row', { hasText: 'Maria' }).click();
    await vi.waitFor(async () =>
      expect(await page.getByLabel('Reply to the contact').inputValue()).toBe('half a thought'),
    );
  });
});

describe('live', () => {
  test('a message elsewhere moves its conversation up, counts as unread and shows in the title', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.connection-live').waitFor();
    await page.locator('.said').first().waitFor();
    scene.story.world.say(scene.story.uncertain, { type: 'contact', name: 'Jonas Weber' }, 'Hello?');
    const row = page.locator('.row', { hasText: 'Jonas Weber' });
    await row.getByText('Hello?').waitFor();
    await row.getByText('1 unread').waitFor({ state: 'attached' });
    expect(await page.title()).toBe('(1) Agent desk');
    await row.click();
    await vi.waitFor(async () => expect(await page.title()).toBe('Agent desk'));
  });

  test('what happened while the line was down is there once it is back, each thing once', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    for (let round = 0; round < 3; round += 1) {
      scene.backEnd.dropSockets();
      scene.story.world.say(scene.story.main, maria, `missed ${round}`);
      await page.locator('.said', { hasText: `missed ${round}` }).waitFor();
    }
    scene.story.world.say(scene.story.main, maria, 'live again');
    await page.locator('.said', { hasText: 'live again' }).waitFor();
    expect(await page.locator('.bubble', { hasText: 'missed' }).allInnerTexts()).toEqual([
      'missed 0',
      'missed 1',
      'missed 2',
    ]);
  });

  test('a fact that was never told is fetched as soon as the next one shows the gap', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.connection-live').waitFor();
    await page.locator('.said').first().waitFor();
    scene.story.world.mute(true);
    scene.story.world.say(scene.story.main, maria, 'never told');
    scene.story.world.mute(false);
    scene.story.world.say(scene.story.main, maria, 'told');
    await page.locator('.said', { hasText: 'never told' }).waitFor();
    const bubbles = page.locator('.bubble', { hasText: /told$/ });
    expect(await bubbles.allInnerTexts()).toEqual(['never told', 'told']);
  });

  test('a conversation that is not confirmed yet says so in the list and in its thread, until it is', async () => {
    const started = scene.story.world.open({ name: 'Noor Haddad' }, { channel: 'SMS', starting: true });
    const { page } = await scene.open({ at: started });
    await page.locator('.connection-live').waitFor();
    const inList = page.locator('.row', { hasText: 'Noor Haddad' }).getByText('Starting…', { exact: true });
    const inThread = page.locator('.thread-head').getByText('Starting…', { exact: true });
    await Promise.all([inList.waitFor(), inThread.waitFor()]);
    expect(await page.getByText('Starting…', { exact: true }).count()).toBe(2);
    scene.story.world.confirm(started);
    await Promise.all([inList.waitFor({ state: 'detached' }), inThread.waitFor({ state: 'detached' })]);
  });

  test('a variable of the contact that changes is there at once, apart from the conversation’s', async () => {
    const { world, main } = scene.story;
    const { page } = await scene.open({ at: main });
    const card = (title: string) =>
      page.locator('.details .card', { has: page.getByRole('heading', { name: title, exact: true }) });
    await card('Contact variables').getByText('Bilbao').waitFor();
    const contact = world.read(main)?.contact;
    if (contact === undefined) throw new Error('there is no such contact');
    world.mark(main, { contact: { ...contact, variables: { city: 'Vitoria' } } }, 'variables.changed', {
      variables: {},
      contactVariables: { city: 'Vitoria' },
    });
    await card('Contact variables').getByText('Vitoria').waitFor();
    expect(await card('Conversation variables').getByText('Vitoria').count()).toBe(0);
  });

  test('what came while the page was gone is counted as unread when it is back', async () => {
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.connection-live').waitFor();
    await page.locator('.said').first().waitFor();
    await page.goto('about:blank');
    scene.story.world.say(scene.story.uncertain, { type: 'contact', name: 'Jonas Weber' }, 'Are you there?');
    await page.goto(scene.backEnd.url);
    await page
      .locator('.row', { hasText: 'Jonas Weber' })
      .getByText('1 unread')
      .waitFor({ state: 'attached' });
  });

  test('a long list comes page by page as it is scrolled, also with an old conversation open', async () => {
    for (let number = 0; number < 300; number += 1) scene.story.world.open({ name: `Contact ${number}` });
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.said').first().waitFor();
    await page.locator('.row').nth(40).waitFor();
    const pages = () =>
      scene.backEnd.requests.filter((line) => line.includes('limit=50&') || line.includes('cursor=')).length;
    expect(pages()).toBeLessThan(3);
    await vi.waitFor(async () => {
      await page.evaluate("document.querySelector('.list-scroll').scrollTo(0, 1e6)");
      expect(await count(page, '.row')).toBe(305);
    }, 8_000);
    expect(await count(page, '.list-pane .load-more')).toBe(0);
  });

  test('an older page comes in above without moving what is read', async () => {
    for (let number = 0; number < 150; number += 1)
      scene.story.world.say(scene.story.main, maria, `number ${number}.`);
    const { page } = await scene.open({ at: scene.story.main });
    await page.locator('.said', { hasText: 'number 149.' }).waitFor();
    expect(await page.locator('.said', { hasText: 'number 20.' }).count()).toBe(0);
    const read = page.locator('.said', { hasText: 'number 92.' });
    await scrollThread(page, 150);
    const before = await read.boundingBox();
    await page.locator('.said', { hasText: 'number 40.' }).waitFor({ state: 'attached' });
    const after = await read.boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 9_999))).toBeLessThan(3);
  });
});

describe('with the keyboard alone', () => {
  test('j and k move, / searches, Esc leaves, n writes a note, closing asks first', async () => {
    const { page } = await scene.open();
    await page.locator('.row').first().waitFor();
    const isOpen = (name: string) => page.locator('.thread-head', { hasText: name }).waitFor();
    await page.keyboard.press('j');
    await isOpen('Priya Raman');
    await page.keyboard.press('j');
    await isOpen('Tom Ashworth');
    await page.keyboard.press('ArrowUp');
    await isOpen('Priya Raman');
    await page.keyboard.press('r');
    await page.keyboard.type('jk/');
    expect(await page.getByLabel('Reply to the contact').inputValue()).toBe('jk/');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('jonas');
    await vi.waitFor(async () => expect(await page.locator('.row').count()).toBe(1));
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.keyboard.type('from the keyboard');
    expect(await page.getByLabel('Note for agents').inputValue()).toBe('from the keyboard');
    await page.getByRole('button', { name: 'Close', exact: true }).first().press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Close this conversation?' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(scene.backEnd.requests.some((line) => line.endsWith('/close'))).toBe(false);
  });
});

describe('on a small screen', () => {
  test('at 320 px nothing sticks out sideways and one pane leads to the next and back', async () => {
    const { world } = scene.story;
    const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(6);
    const zalgo = `z${'\u0336\u0301\u0489'.repeat(3_000)}algo`;
    const conversation = world.open(
      { name: long, email: `${long}@example.com`, variables: { [long]: long } },
      { channel: long, labels: [long] },
    );
    for (const text of [
      long,
      zalgo,
      '👩‍👩‍👧‍👦'.repeat(80),
      `https://example.com/${long}`,
      'מה שלומך היום?',
    ]) {
      world.say(conversation, { type: 'contact', name: long }, text, { buttons: [{ title: long }] });
      world.note(conversation, { type: 'agent', name: long, email: 'x@example.com' }, text);
    }
    const { page } = await scene.open({ width: 320, height: 640 });
    await page.locator('.row').first().waitFor();
    expect(await overhang(page)).toBe(0);
    await page.locator('.row').first().click();
    await page.locator('.said').first().waitFor();
    expect(await page.locator('.list-pane').isVisible()).toBe(false);
    expect(await overhang(page)).toBe(0);
    expect(await overhang(page, '.thread-scroll')).toBe(0);
    // What is cut off at the edge of its bubble would not show as an overhang of the page.
    const cut = await cutOff(page, '.bubble, .note, .bubble-text, .said-by, .thread-head, .composer');
    // Letters piled up by the thousand are one letter to a browser, and no line breaks within a letter.
    expect(cut.filter((text) => !text.includes('\u0336'))).toEqual([]);
    await page.getByRole('button', { name: 'Details' }).click();
    await page.locator('.pairs').first().waitFor();
    expect(await overhang(page)).toBe(0);
    expect(await overhang(page, '.details-scroll')).toBe(0);
    await page.getByRole('button', { name: 'Back to the conversation' }).click();
    await page.goBack();
    await page.goBack();
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await page.locator('.row').first().waitFor();
  });

  test('a finger finds every control: at least 24 px, as WCAG 2.2 asks', async () => {
    const { page } = await scene.open({ width: 320, height: 640, at: scene.story.uncertain });
    await page.locator('.said').first().waitFor();
    expect(await smallControls(page)).toEqual([]);
  });
});
