import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../route.js';

export type BodyReading =
  | { outcome: 'read'; bytes: Buffer }
  | Refusal
  /** The caller went away: nobody is there to be answered. */
  | { outcome: 'gone' };

/** What is over the limit is still read for a while, so that the caller gets to see why it is refused. */
const PATIENCE = 4;

/** Reads a whole body into memory, up to a limit and a time. */
export function readBody(
  request: IncomingMessage,
  limits: { bytes: number; seconds: number },
): Promise<BodyReading> {
  return new Promise((resolve) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    // Of what says how long it is, each piece goes to its place: else the whole lies there twice at its end.
    const whole = isLength(declared, limits.bytes) ? Buffer.allocUnsafeSlow(declared) : undefined;
    let pieces: Buffer[] = [];
    let size = 0;
    const tooLarge: Refusal = {
      outcome: 'refused',
      code: 'body_too_large',
      message: `The body is larger than ${limits.bytes} bytes.`,
    };
    const end = (reading: BodyReading): void => {
      clearTimeout(timer);
      request.off('data', take).off('end', finish).off('close', leave).off('error', leave);
      // An error after the end is nobody's business; without a listener it would end the process.
      request.on('error', () => undefined);
      if (reading.outcome === 'refused') letGo(request);
      resolve(reading);
    };
    const take = (piece: Buffer): void => {
      const from = size;
      size += piece.length;
      if (whole !== undefined && size <= whole.length) piece.copy(whole, from);
      else if (size <= limits.bytes) pieces.push(piece);
      else if (size > limits.bytes * PATIENCE) end(tooLarge);
      else pieces = [];
    };
    const finish = (): void => {
      if (size > limits.bytes) return end(tooLarge);
      if (whole !== undefined) return end({ outcome: 'read', bytes: whole.subarray(0, size) });
      end({
        outcome: 'read',
        bytes: pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, size),
      });
    };
    const leave = (): void => end({ outcome: 'gone' });
    const timer = setTimeout(() => {
      end({ outcome: 'refused', code: 'request_timeout', message: 'The body did not arrive in time.' });
    }, limits.seconds * 1_000);
    request.on('data', take).on('end', finish).on('close', leave).on('error', leave);
    if (declared > limits.bytes * PATIENCE) end(tooLarge);
  });
}

/** A smaller one is not worth its own memory: most come in one piece. */
const WORTH_BYTES = 262_144;

const isLength = (declared: number, most: number): boolean =>
  Number.isInteger(declared) && declared >= WORTH_BYTES && declared <= most;

/** Drops what still comes, and the connection too when it does not end soon. */
export function letGo(request: IncomingMessage): void {
  request.resume();
  if (request.complete) return;
  const timer = setTimeout(() => request.socket.destroy(), 2_000);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}
