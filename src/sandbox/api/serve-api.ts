import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { largestFileBytes } from '../file-shelf.js';
import type { RequestLine } from '../request-log.js';
import type { World } from '../world.js';
import { type ApiAnswer, isSampleCode, refuse } from './api-answer.js';
import { hasToken, refuseToken } from './check-bearer.js';
import { handlers } from './handlers.js';
import { type Candidate, chooseOperation, matchOperations } from './match-operation.js';
import { sendAnswer } from './send-answer.js';
import { validateBody } from './validate-body.js';
import type { Occasion } from '../faults.js';

/** An echo follows its answer; an answer that is held back does not hold the echo longer than this. */
const ECHO_WAITS_MS = 250;
const brokenJson = Symbol('not JSON');

function readBody(request: Request): unknown {
  const bytes = request.body as Buffer | undefined;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return undefined;
  if (request.headers['content-type']?.startsWith('multipart/')) return { multipartBytes: bytes.length };
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return brokenJson;
  }
}

function faultAnswer(
  world: World,
  occasion: Occasion,
): { answer: ApiAnswer; headers: Record<string, string> } | undefined {
  const fault = world.faults.strike(['answer'], occasion);
  if (!fault) return undefined;
  const headers = fault.headers ?? {};
  if (typeof fault.body === 'object' && fault.body !== null) {
    return { answer: { status: fault.status ?? 200, body: fault.body as Record<string, unknown> }, headers };
  }
  const code = fault.code ?? '';
  const known = isSampleCode(code) ? refuse(code) : undefined;
  const status = fault.status ?? known?.status ?? 500;
  const plain = {
    ok: false,
    error: code || 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong.',
    status,
  };
  const body = {
    ...(known?.body ?? plain),
    ...(fault.message === undefined ? {} : { message: fault.message }),
  };
  return { answer: { status, body }, headers };
}

/** Everything between a body that has been read and the answer to it. */
async function work(
  world: World,
  request: Request,
  response: Response,
  candidates: Candidate[],
): Promise<void> {
  const body = readBody(request);
  const { name, parameters } = chooseOperation(candidates, body) as Candidate;
  const conversationId = parameters['conversation_id'];
  const bearerOk = hasToken(request.headers.authorization, world.token);
  const line: RequestLine = world.requests.write({
    at: world.now().toISOString(),
    operation: name,
    method: request.method,
    path: request.path,
    ...(conversationId === undefined ? {} : { conversationId }),
    body: body === brokenJson ? String(request.body) : body,
    bearerOk,
  });
  world.log({ event: 'request.received', operation: name, n: line.n, conversationId });
  const occasion: Occasion = {
    operations: [name],
    path: request.path,
    ...(conversationId === undefined ? {} : { conversationId }),
  };
  const finish = (answer: ApiAnswer, fault?: Parameters<typeof sendAnswer>[2]): Promise<void> => {
    const code = answer.body['code'] ?? answer.body['error'];
    line.answer = {
      status: fault?.do === 'accept-then-500' ? 500 : answer.status,
      ...(typeof code === 'string' ? { code } : {}),
      at: world.now().toISOString(),
    };
    if (fault) line.fault = fault.do;
    if (fault?.do === 'accept-then-drop') delete line.answer;
    return sendAnswer(response, answer, fault, world.timers);
  };
  const wrong = faultAnswer(world, occasion);
  if (wrong) {
    response.set(wrong.headers);
    line.fault = 'answer';
    return finish(wrong.answer);
  }
  const delay = world.faults.strike(['delay'], occasion);
  if (delay && !delay.after) await world.timers.wait(delay.ms);
  if (world.timers.stopped) return response.socket?.destroy() && undefined;
  const refusal = refuseEarly(world, name, parameters, body, bearerOk);
  if (refusal) return finish(refusal);
  const answered = new Promise<void>((resolve) => {
    response.once('close', resolve);
    world.timers.after(ECHO_WAITS_MS, resolve);
  });
  const answer = await handlers[name](world, {
    name,
    parameters,
    query: new URL(request.originalUrl, 'http://sandbox').searchParams,
    body: body ?? {},
    rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    contentType: request.headers['content-type'] ?? '',
    answered,
  });
  const fault = world.faults.strike(['accept-then-drop', 'accept-then-500', 'drip'], occasion);
  if (delay?.after) await world.timers.wait(delay.ms);
  return finish(answer, fault ?? delay);
}

function refuseEarly(
  world: World,
  name: Candidate['name'],
  parameters: Candidate['parameters'],
  body: unknown,
  bearerOk: boolean,
): ApiAnswer | undefined {
  if (!bearerOk) return refuseToken(name);
  const account = parameters['account_id'];
  if (account !== undefined && account !== world.accountId) return refuse('UNAUTHORIZED');
  if (body === brokenJson)
    return refuse('BAD_REQUEST', { message: 'The body is not valid JSON.', without: ['code'] });
  const channel = typeof body === 'object' && body !== null && 'channel' in body ? body.channel : undefined;
  const isOtherChannel = typeof channel === 'string' && !['WHATSAPP', 'SMS'].includes(channel);
  if (name === 'create-conversation' && isOtherChannel) return refuse('CHANNEL_NOT_ENABLED');
  return validateBody(name, body);
}

/** The API on its own paths. Anything else passes by. */
export function serveApi(world: World): Router {
  const router = Router();
  const readBytes = express.raw({ type: () => true, limit: largestFileBytes + 1024 * 1024 });
  const matched: RequestHandler = (request, response, next) => {
    const candidates = matchOperations(request.method, request.path);
    if (candidates.length === 0) return next('router');
    const conversationId = candidates[0]?.parameters['conversation_id'];
    const operations = candidates.map(({ name }) => name);
    const occasion = {
      operations,
      path: request.path,
      ...(conversationId === undefined ? {} : { conversationId }),
    };
    if (world.faults.strike(['refuse'], occasion)) {
      request.socket.destroy();
      return;
    }
    response.locals['candidates'] = candidates;
    next();
  };
  router.use(matched, readBytes, (request, response) =>
    work(world, request, response, response.locals['candidates'] as Candidate[]),
  );
  return router;
}
