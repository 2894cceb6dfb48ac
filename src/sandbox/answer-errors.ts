import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { World } from './world.js';

export const answerNotFound: RequestHandler = (request, response) => {
  const message = `The sandbox has nothing at ${request.method} ${request.path.slice(0, 200)}.`;
  response
    .status(404)
    .json({ ok: false, error: 'RESOURCE_NOT_FOUND', code: 'RESOURCE_NOT_FOUND', message, status: 404 });
};

/** Bad input that a reader refuses keeps its 4xx; whatever else surprises is a 500 without details. */
export function answerErrors(world: World): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const given =
      typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
    const status = given >= 400 && given < 500 ? given : 500;
    if (status === 500) world.log({ event: 'sandbox.surprised', error: String(error) });
    const code =
      status === 413 ? 'PAYLOAD_TOO_LARGE' : status === 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
    const message =
      status === 413
        ? 'The body is larger than the sandbox takes.'
        : status === 500
          ? 'The sandbox failed.'
          : 'The request could not be read.';
    const isOwn = /^\/(sandbox|chat|office)\//.test(request.originalUrl);
    response.status(status);
    if (isOwn) response.json({ error: { code: code.toLowerCase(), message } });
    else response.json({ ok: false, error: code, code, message, status });
  };
}
