import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSendCommand, type FeedSocket } from '../../../src/client/send-command.js';

type Answer =
  | { ok: true; result: unknown }
  | { ok: false; error: { code: string; message: string } }
  | 'lost';

/** A socket whose acknowledgements are told beforehand; `lost` is a connection that broke before one came. */
function fakeSocket(answers: Answer[], isConnected = true) {
  const sent: { name: string; input: { idempotencyKey?: string } }[] = [];
  const socket = {
    connected: isConnected,
    timeout: () => ({
      async emitWithAck(name: string, input: unknown) {
        sent.push({ name, input: input as { idempotencyKey?: string } });
        const answer = answers.shift();
        if (answer === undefined || answer === 'lost') throw new Error('socket has been disconnected');
        return answer;
      },
    }),
  } satisfies FeedSocket;
  return { socket, sent };
}

const message = { conversationId: 'cnv_1', message: { type: 'text' as const, text: 'hello' } };
const done: Answer = { ok: true, result: { message: { id: 'msg_1' } } };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('sending a command', () => {
  it('repeats a message whose acknowledgement was lost, with the same key', async () => {
    const { socket, sent } = fakeSocket(['lost', 'lost', done]);
    await expect(createSendCommand(socket).send('message:send', message)).resolves.toEqual({
      message: { id: 'msg_1' },
    });
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ input }) => input.idempotencyKey)).size).toBe(1);
    expect(sent[0]?.input.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps a key that is given, and makes one up when it is given as undefined', async () => {
    const { socket, sent } = fakeSocket([done, done]);
    const commands = createSendCommand(socket);
    await commands.send('message:send', { ...message, idempotencyKey: 'mine' });
    await commands.send('message:send', { ...message, idempotencyKey: undefined });
    expect(sent[0]?.input.idempotencyKey).toBe('mine');
    expect(sent[1]?.input.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('never repeats what would be done twice: it says that it does not know', async () => {
    const { socket, sent } = fakeSocket(['lost']);
    const closing = createSendCommand(socket).send('conversation:close', { conversationId: 'cnv_1' });
    await expect(closing).rejects.toMatchObject({ code: 'unconfirmed' });
    expect(sent).toHaveLength(1);
  });

  it('gives up a message after its time and hands back the key to try again with', async () => {
    const { socket } = fakeSocket(['lost']);
    const commands = createSendCommand(socket);
    const sending = commands.send(
      'message:send',
      { ...message, idempotencyKey: 'mine' },
      { retrySeconds: 5 },
    );
    socket.connected = false;
    const outcome = expect(sending).rejects.toMatchObject({
      code: 'unconfirmed',
      details: { idempotencyKey: 'mine' },
    });
    await vi.advanceTimersByTimeAsync(5_100);
    await outcome;
  });

  it('waits for a connection, and sends in the order in which it was asked', async () => {
    const { socket, sent } = fakeSocket([done, done, done], false);
    const commands = createSendCommand(socket);
    const sending = ['a', 'b', 'c'].map((text) =>
      commands.send('message:send', { ...message, message: { type: 'text', text } }),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([]);
    socket.connected = true;
    commands.connected();
    await Promise.all(sending);
    expect(sent.map(({ input }) => (input as typeof message).message.text)).toEqual(['a', 'b', 'c']);
  });

  it('says unreachable when it never left', async () => {
    const { socket } = fakeSocket([], false);
    const outcome = expect(
      createSendCommand(socket).send('conversation:close', { conversationId: 'cnv_1' }),
    ).rejects.toMatchObject({
      code: 'unreachable',
    });
    await vi.advanceTimersByTimeAsync(10_100);
    await outcome;
  });

  it('throws a refusal as it came, and tries again what passes by itself', async () => {
    const limited: Answer = { ok: false, error: { code: 'rate_limited', message: 'wait' } };
    const refused: Answer = { ok: false, error: { code: 'conversation_closed', message: 'It is closed.' } };
    const { socket, sent } = fakeSocket([limited, limited, refused]);
    const outcome = expect(createSendCommand(socket).send('message:send', message)).rejects.toMatchObject({
      name: 'BridgeError',
      code: 'conversation_closed',
      message: 'It is closed.',
    });
    await vi.advanceTimersByTimeAsync(2_000);
    await outcome;
    expect(sent).toHaveLength(3);
  });

  it('ends what waits when the feed is stopped', async () => {
    const { socket } = fakeSocket([], false);
    const commands = createSendCommand(socket);
    const outcome = expect(commands.send('message:send', message)).rejects.toMatchObject({ code: 'stopped' });
    commands.abandon('stopped');
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });
});
