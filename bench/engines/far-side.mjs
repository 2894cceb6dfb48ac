import { createServer } from 'node:http';

/** Milliseconds since the epoch with a fraction, comparable between processes of one machine. */
export const preciseNow = () => performance.timeOrigin + performance.now();

/**
 * The outside that messages go to. Writes down what arrives before it answers: 429 for what it was told to put off once,
 * 400 for what it never takes, nothing at all for what it was told to leave hanging once.
 */
export async function startFarSide() {
  /** @type {{conversation: string, n: number, at: number, answer: number}[]} */
  const arrivals = [];
  const plans = { putOffOnce: new Set(), hangOnce: new Set(), refused: new Set() };
  const judge = (key) => {
    if (plans.hangOnce.delete(key)) return 0;
    if (plans.putOffOnce.delete(key)) return 429;
    return plans.refused.has(key) ? 400 : 200;
  };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const said = /c(\d+)-m(\d+)/u.exec(Buffer.concat(chunks).toString('utf8'));
      const [key, conversation, n] = said ?? ['', '', '0'];
      const answer = judge(key);
      if (said !== null) arrivals.push({ conversation, n: Number(n), at: preciseNow(), answer });
      if (answer === 0) return;
      response.writeHead(answer, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: answer === 200, message_id: `far-${arrivals.length}` }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    arrivals,
    plans,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export const keyOf = (conversation, n) => `c${conversation}-m${n}`;
