import type { RequestHandler } from 'express';
import { MemoryStore, type Options } from 'express-rate-limit';
import { refuse } from '../answer/refuse.js';
import { addressOf } from './limit-rate.js';
import { contextOf } from './request-context.js';

const GUESSES = ['token_invalid', 'sign_in_code_invalid'];

/** Counts what an address got wrong about who it is: past the limit, guesses do not reach the database. */
export function slowGuessing(perMinute: number): RequestHandler {
  const store = new MemoryStore();
  store.init({ windowMs: 60_000 } as Options);
  return async (request, response, next) => {
    const address = addressOf(request);
    const count = await store.get(address);
    if (count !== undefined && count.totalHits >= perMinute) {
      const retryAfterSeconds = ((count.resetTime?.getTime() ?? Date.now()) - Date.now()) / 1_000;
      const message = 'Too many failed attempts: wait.';
      return refuse(request, response, { code: 'rate_limited', message, retryAfterSeconds });
    }
    response.once('finish', () => {
      const { code } = contextOf(request);
      if (code !== undefined && GUESSES.includes(code)) void store.increment(address);
    });
    next();
  };
}
