import type { Response } from 'express';
import type { FaultAction } from '../faults.js';
import type { Timers } from '../timers.js';
import type { ApiAnswer } from './api-answer.js';

export type AnswerFault = Extract<
  FaultAction,
  { do: 'accept-then-drop' | 'accept-then-500' | 'drip' | 'delay' }
>;

async function drip(response: Response, answer: ApiAnswer, ms: number, timers: Timers): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(answer.body));
  response.status(answer.status).type('json').set('content-length', String(bytes.length));
  response.flushHeaders();
  for (const byte of bytes) {
    if (response.destroyed || timers.stopped) break;
    response.write(Buffer.of(byte));
    await timers.wait(ms);
  }
  response.end();
}

/** Hand the answer out, or break it the way a fault says. The state has already changed. */
export async function sendAnswer(
  response: Response,
  answer: ApiAnswer,
  fault: AnswerFault | undefined,
  timers: Timers,
): Promise<void> {
  if (response.destroyed) return;
  switch (fault?.do) {
    case 'accept-then-drop':
      response.socket?.destroy();
      return;
    case 'accept-then-500':
      response.status(500).type('html').send('<html><body><h1>500 Internal Server Error</h1></body></html>');
      return;
    case 'drip':
      await drip(response, answer, fault.ms, timers);
      return;
    case 'delay':
    case undefined:
      response.status(answer.status).json(answer.body);
      return;
  }
}
