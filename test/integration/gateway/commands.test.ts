import { io } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandAck, CommandName } from '../../../src/contract/socket.js';
import { attempt, type House, openHouse, type TestSocket, until } from './support/open-house.js';

const W = 'wsp_one';
let house: House;
let socket: TestSocket;

beforeEach(async () => {
  house = await openHouse();
  house.desk.known.set(W, new Set(['cnv_1']));
  socket = house.connect({ token: house.agent(W, 'ada') });
  await attempt(socket);
});
afterEach(() => house.stop());

type Raw = {
  emit(name: string, ...args: unknown[]): void;
  timeout(ms: number): { emitWithAck(name: string, ...args: unknown[]): Promise<CommandAck<CommandName>> };
};
const raw = (of: TestSocket = socket): Raw => of;
const ask = (name: string, ...args: unknown[]): Promise<CommandAck<CommandName>> =>
  raw()
    .timeout(3_000)
    .emitWithAck(name, ...args);
const codeOf = (answer: CommandAck<CommandName>): string => (answer.ok ? 'ok' : answer.error.code);

describe('commands', () => {
  it('carries out a reply for the agent who connected, and answers with the message', async () => {
    const answer = await ask('message:send', {
      conversationId: 'cnv_1',
      idempotencyKey: 'k1',
      message: { type: 'text', text: ' hello ' },
    });
    expect(answer).toMatchObject({ ok: true, result: { message: { text: 'hello', state: 'queued' } } });
    expect(house.desk.replies).toEqual([
      { workspaceId: W, by: 'ada@example.com', conversationId: 'cnv_1', text: 'hello', key: 'k1' },
    ]);
  });

  it('carries out the commands of one socket in their order, however long each takes', async () => {
    house.desk.beforeReply = (text) => new Promise((resolve) => setTimeout(resolve, 20 - Number(text)));
    const texts = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(
      texts.map((text) => ask('message:send', { conversationId: 'cnv_1', message: { type: 'text', text } })),
    );
    expect(house.desk.replies.map(({ text }) => text)).toEqual(texts);
  });

  it('answers a watch with the conversation, and what is not of this workspace with not_found', async () => {
    expect(await ask('conversation:watch', { conversationId: 'cnv_1' })).toMatchObject({
      ok: true,
      result: { conversation: { id: 'cnv_1', ticketLinks: [] }, facts: [] },
    });
    house.desk.known.set('wsp_two', new Set(['cnv_other']));
    expect(codeOf(await ask('conversation:watch', { conversationId: 'cnv_other' }))).toBe('not_found');
    expect(
      codeOf(
        await ask('message:send', { conversationId: 'cnv_other', message: { type: 'text', text: 'x' } }),
      ),
    ).toBe('not_found');
    expect(house.desk.replies).toEqual([]);
  });

  it('says nothing of what went wrong on our side', async () => {
    const answer = await ask('conversation:close', { conversationId: 'cnv_1' });
    expect(answer).toEqual({
      ok: false,
      error: { code: 'internal', message: 'Something went wrong on our side.' },
    });
    expect(house.telemetry.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
  });

  it('relays typing to the others who watch, and to nobody else', async () => {
    const other = house.connect({ token: house.agent(W, 'bob') });
    const idle = house.connect({ token: house.agent(W, 'cyd') });
    const foreign = house.connect({ token: house.agent('wsp_two', 'eve') });
    await Promise.all([other, idle, foreign].map(attempt));
    const seen: [string, unknown][] = [];
    for (const [name, of] of Object.entries({ socket, other, idle, foreign }))
      of.on('typing', (typing) => seen.push([name, typing]));
    expect(codeOf(await ask('typing:start', { conversationId: 'cnv_1' }))).toBe('not_found');
    house.desk.known.set('wsp_two', new Set(['cnv_1']));
    for (const of of [socket, other, foreign])
      await raw(of).timeout(3_000).emitWithAck('conversation:watch', { conversationId: 'cnv_1' });
    expect(codeOf(await ask('typing:start', { conversationId: 'cnv_1' }))).toBe('ok');
    await until(() => seen.length > 0, 'typing');
    await raw(other).timeout(3_000).emitWithAck('conversation:unwatch', { conversationId: 'cnv_1' });
    await ask('typing:start', { conversationId: 'cnv_1' });
    await ask('typing:start', { conversationId: 'cnv_1' });
    expect(seen).toEqual([
      ['other', { conversationId: 'cnv_1', agent: { email: 'ada@example.com', name: 'ada' } }],
    ]);
  });
});

describe('S-WS-7, B45: whatever is said', () => {
  it.each([
    ['nothing', []],
    ['null', [null]],
    ['a string', ['x']],
    ['a list', [[1, 2]]],
    ['a number too many', [{ conversationId: 'cnv_1' }, 7]],
    ['wrong types', [{ conversationId: 7, message: 'x' }]],
    ['an empty text', [{ conversationId: 'cnv_1', message: { type: 'text', text: '  ' } }]],
    [
      'a text beyond measure',
      [{ conversationId: 'cnv_1', message: { type: 'text', text: 'x'.repeat(17_000) } }],
    ],
    [
      'both kinds of source',
      [{ conversationId: 'cnv_1', message: { type: 'file', fileId: 'a', url: 'https://x.example' } }],
    ],
  ])('refuses a message that is %s', async (_name, args) => {
    expect(codeOf(await ask('message:send', ...args))).toBe('invalid_request');
    expect(house.desk.replies).toEqual([]);
  });

  it.each([
    [
      'a field too many',
      { conversationId: 'cnv_1', workspaceId: 'wsp_two', message: { type: 'text', text: 'x' } },
    ],
    [
      'a prototype',
      JSON.parse('{"conversationId":"cnv_1","message":{"type":"text","text":"x"},"__proto__":{"a":1}}'),
    ],
  ])('refuses %s by name', async (_name, input) => {
    const answer = await ask('message:send', input);
    expect(codeOf(answer)).toBe('unknown_field');
    expect(house.desk.replies).toEqual([]);
  });

  it.each([
    'nonsense',
    '__proto__',
    'constructor',
    'toString',
    'error',
    'fact',
    'caught-up',
    'join',
    'message:send ',
    '',
  ])('refuses the command %j', async (name) => {
    expect(codeOf(await ask(name, {}))).toBe('invalid_request');
  });

  it('stays alive when nobody waits for an answer, or the acknowledgement is none', async () => {
    raw().emit('message:send', { conversationId: 'cnv_1', message: { type: 'text', text: 'x' } });
    raw().emit('message:send', { conversationId: 'cnv_1' }, 'not a function');
    raw().emit('error', 'boo');
    raw().emit('error');
    raw().emit('nonsense');
    expect(codeOf(await ask('conversation:watch', { conversationId: 'cnv_1' }))).toBe('ok');
    expect(house.desk.replies).toEqual([]);
  });

  it('closes on binary attachments, reserved names, and a packet beyond 64 kB; others are not touched', async () => {
    const bystander = house.connect({ token: house.agent(W, 'bob') });
    await attempt(bystander);
    const bad: ((of: TestSocket) => void)[] = [
      (of) => raw(of).emit('message:send', Buffer.from('x')),
      (of) => raw(of).emit('message:send', ...Array.from({ length: 12 }, () => Buffer.from('x'))),
      (of) => of.io.engine.write('2["disconnect"]'),
      (of) => of.io.engine.write('2["newListener",1]'),
      (of) => of.io.engine.write('51-["x",{"_placeholder":true,"num":0}]'),
      (of) => of.io.engine.write('9'),
      (of) => of.io.engine.write('2{"not":"a list"}'),
      (of) => of.io.engine.write(new Uint8Array([1, 2, 3])),
      (of) => raw(of).emit('message:send', 'x'.repeat(1_000_000)),
    ];
    for (const misbehave of bad) {
      const of = house.connect({ token: house.agent(W, 'mal') });
      await attempt(of);
      const closed = new Promise((resolve) => of.once('disconnect', resolve));
      misbehave(of);
      await closed;
    }
    expect(bystander.connected).toBe(true);
    await until(() => house.gateway.stats().sockets === 2, 'they are gone');
  });

  it('answers what comes too fast with rate_limited, and stays', async () => {
    const codes = await Promise.all(
      Array.from({ length: 150 }, async () =>
        codeOf(await ask('conversation:unwatch', { conversationId: 'cnv_1' })),
      ),
    );
    expect(codes.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 'ok'));
    expect(codes.at(-1)).toBe('rate_limited');
    expect(socket.connected).toBe(true);
  });

  it('cuts a socket of 10,000 commands a second; others are served', async () => {
    const bystander = house.connect({ token: house.agent(W, 'bob') });
    await attempt(bystander);
    const codes: string[] = [];
    const closed = new Promise((resolve) => socket.once('disconnect', resolve));
    for (let count = 0; count < 10_000; count += 1) {
      socket.emit('conversation:unwatch', { conversationId: 'cnv_1' }, (answer) =>
        codes.push(codeOf(answer)),
      );
    }
    await closed;
    expect(codes.filter((code) => code === 'ok').length).toBeLessThanOrEqual(80);
    const begun = performance.now();
    await raw(bystander).timeout(2_000).emitWithAck('conversation:watch', { conversationId: 'cnv_1' });
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('has one try per connection, however often it says hello', async () => {
    const token = house.agent(W, 'twice');
    const twice = io(house.url, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      auth: { token },
    });
    await new Promise((resolve) => twice.once('connect', () => resolve(undefined)));
    const before = house.gateway.stats().sockets;
    twice.io.engine.write(`0${JSON.stringify({ token })}`);
    await new Promise((resolve) => twice.once('disconnect', resolve));
    expect(house.gateway.stats().sockets).toBeLessThanOrEqual(before);
  });
});
