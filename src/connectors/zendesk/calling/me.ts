import { z } from 'zod';
import type { Failed } from './judge-answer.js';
import type { Desk } from './open-desk.js';
import { sentences } from './sentences.js';
import { type User, userShape } from './shapes.js';

const meShape = z.object({ user: userShape });
const REMEMBERED_SECONDS = 3_600;

/** In whose name we call. Who is not let in is told of a user of no id, with 200. */
export async function readMe(desk: Desk): Promise<{ outcome: 'found'; user: User } | Failed> {
  const asked = await desk.ask({ method: 'GET', path: '/api/v2/users/me', changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  const told = meShape.safeParse(asked.body);
  if (told.success && told.data.user.role) {
    desk.shelf.put('me', told.data.user.id, REMEMBERED_SECONDS);
    return { outcome: 'found', user: told.data.user };
  }
  const code = 'anonymous';
  return {
    outcome: 'failed',
    failure: { outcome: 'credential', code, message: sentences[code] },
    fields: [],
  };
}

/** Our own user's id there; remembered for an hour. */
export async function myId(desk: Desk): Promise<{ outcome: 'found'; id: string } | Failed> {
  const known = desk.shelf.get('me');
  if (known !== undefined) return { outcome: 'found', id: known };
  const found = await readMe(desk);
  return found.outcome === 'found' ? { outcome: 'found', id: found.user.id } : found;
}
