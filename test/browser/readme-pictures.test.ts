import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DemoLinks } from '../../src/cli/demo/demo-links.js';
import { createFarSide, type Visitor } from '../support/visitor.js';
import { buildConsole, keepShot, launchBrowser, overhang } from './console-page.js';
import { runDemo } from './run-demo.js';

const PATIENCE = 30_000;

/** The pictures of the README, of the demo as it is: `SCREENSHOTS=docs/images npx vitest run --project browser readme`. */
describe.runIf(process.env['SCREENSHOTS'] !== undefined)('the pictures of the README', () => {
  let browser: Browser;
  let demo: Awaited<ReturnType<typeof runDemo>>;
  let links: Required<DemoLinks>;

  beforeAll(async () => {
    await buildConsole();
    demo = await runDemo(['--desk'], 300);
    links = demo.links as typeof links;
    browser = await launchBrowser(inject('chromiumPath') ?? '');
  }, 400_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const open = async (url: string, width: number, height: number): Promise<Page> => {
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: width < 400 ? 2 : 1.5,
      locale: 'en-GB',
    });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(url);
    return page;
  };

  const say = async (page: Page, text: string): Promise<void> => {
    await page.locator('.composer textarea').fill(text);
    await page.keyboard.press('Enter');
    await page
      .locator('.said-ours, .note', { hasText: text })
      .getByText(/Sent|Delivered|Read|only agents/)
      .first()
      .waitFor();
  };

  test('a morning at the plant shop', async () => {
    const farSide = createFarSide(links.sandboxUrl);
    const others: [name: string, email: string, text: string, human: boolean][] = [
      ['Jonas Weber', 'jonas@weber.example', 'Are you open on Sunday?', false],
      ['Tomás Oliveira', 'tomas@oliveira.example', 'Do you ship monsteras to Porto?', true],
      [
        'Aiko Tanaka',
        'aiko@tanaka.example',
        'My calathea curls its leaves every evening. Is that normal?',
        true,
      ],
    ];
    const visitors: Visitor[] = [];
    for (const [name, email, text, human] of others)
      visitors.push(await farSide.arrive({ name, email, text, human }));
    const vera = await farSide.arrive({
      name: 'Vera Lindholm',
      email: 'vera@lindholm.example',
      text: 'Hello, my fern came today. The pot has a crack 🌿',
      human: true,
    });

    const agent = await open(links.agent.signInUrl, 1280, 920);
    const show = async (name: string): Promise<void> => {
      await agent.locator('.row', { hasText: name }).click();
      await agent.locator('.thread-head', { hasText: name }).waitFor();
      await agent.locator('.said').first().waitFor();
    };
    await show('Tomás');
    await say(agent, 'Hello Tomás! Yes, every Tuesday. They travel well in a tall box.');
    await show('Vera');
    await agent.locator('.ticket').waitFor();
    await say(agent, 'Oh no, I am sorry, Vera! Could you send me a photo of it?');

    const page = await open(`${links.sandboxUrl}/chat?conversation=${vera.id}`, 1280, 800);
    await page.getByText('Could you send me a photo').first().waitFor();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'pot.png',
        mimeType: 'image/png',
        buffer: await drawPot(browser),
      });
    await agent.getByRole('button', { name: 'Show the picture' }).click();
    await agent.getByRole('button', { name: 'Note', exact: true }).click();
    await say(agent, 'Third cracked pot of Tuesday’s batch. I have told the warehouse.');
    await agent.getByRole('button', { name: 'Reply', exact: true }).click();

    await agent.locator('input[type=file]:not([accept])').setInputFiles({
      name: 'care until repotting.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(84_000, 32)]),
    });
    await agent.locator('.attached-ready').waitFor();
    await say(agent, 'Thank you. A new pot leaves us today; this keeps the fern well until then.');
    await agent.locator('input[type=file][accept]').setInputFiles({
      name: 'how to repot.wav',
      mimeType: 'audio/wav',
      buffer: hum(14),
    });
    await agent.locator('.attached-ready').waitFor();
    await agent.getByLabel('Send the reply').click();
    await agent.getByLabel('Send a template', { exact: true }).click();
    await agent.locator('.choice', { hasText: 'template_1' }).click();
    await agent.getByLabel('Order number').fill('FF-2041');
    await agent.keyboard.press('Enter');
    await agent.locator('.said', { hasText: 'We have news about your order FF-2041.' }).waitFor();
    for (const name of ['damaged', 'warehouse']) await farSide.act(vera.id, 'label', { name });
    await vera.write('You are wonderful, thank you!');
    await agent.locator('.said', { hasText: 'You are wonderful' }).waitFor();
    await visitors[2]?.write('It looks like it is praying 😄');
    await agent.locator('.row', { hasText: 'praying' }).waitFor();
    await agent.locator('.state', { hasText: /Queued|Sending/ }).waitFor({ state: 'detached' });
    expect(await overhang(agent)).toBe(0);
    await keepShot(agent, 'console');

    await page.getByText('You are wonderful').first().waitFor();
    await keepShot(page, 'visitor');
    const narrow = await open(links.agent.signInUrl, 320, 640);
    await narrow.locator('.row', { hasText: 'Vera' }).click();
    await narrow.locator('.said', { hasText: 'You are wonderful' }).waitFor();
    expect(await overhang(narrow)).toBe(0);
    await keepShot(narrow, 'console-320');
  }, 240_000);
});

/** A pot with a crack, as somebody might photograph it. */
async function drawPot(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 360, height: 240 } });
  await page.setContent(`<body style="margin:0"><svg width="360" height="240" viewBox="0 0 360 240">
    <rect width="360" height="240" fill="#dfe7e3"/><rect y="186" width="360" height="54" fill="#c9b79c"/>
    <g fill="none" stroke="#3f7a4d" stroke-width="7" stroke-linecap="round">
      <path d="M180 110C150 70 120 60 92 66M180 110C170 60 160 40 140 24M180 110C190 60 205 38 228 26M180 110C210 72 238 60 268 68M180 110V30"/></g>
    <path d="M122 108H238L224 200H136Z" fill="#b9663f"/><rect x="114" y="96" width="132" height="22" rx="3" fill="#c97548"/>
    <path d="M196 97 186 124 201 146 189 170 197 199" fill="none" stroke="#4a2413" stroke-width="4" stroke-linejoin="round"/>
  </svg></body>`);
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

/** So many seconds of a quiet hum as WAV: 16 bits, one channel, 8 kHz. */
function hum(seconds: number): Buffer {
  const samples = seconds * 8_000;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(16_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    wav.writeInt16LE(Math.round(Math.sin(at / 9) * 2_000), 44 + at * 2);
  }
  return wav;
}
