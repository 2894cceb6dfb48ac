import type { SessionAnswer } from '../../access/access.js';
import { principalKey } from '../../access/principal.js';
import { exchangeCodeSchema, type Me, meSchema, sessionSchema } from '../../contract/index.js';
import { presentSession } from '../../contract/present/index.js';
import { answered, type RouteAnswer, route } from '../route.js';

const tag = 'Session';

const exchangeCode = route({
  operationId: 'exchangeCode',
  method: 'post',
  path: '/v1/session',
  permission: 'anyone',
  tag,
  summary: 'Exchange the code of a sign-in link for a session',
  body: exchangeCodeSchema,
  answers: { 201: sessionSchema },
  refusals: ['sign_in_code_invalid'],
  run: async ({ access }, { body }) => presentOpened(await access.exchangeCode(body.code), 201),
});

const renewSession = route({
  operationId: 'renewSession',
  method: 'post',
  path: '/v1/session/renew',
  permission: 'desk',
  tag,
  summary: 'Get a fresh token for a living session',
  answers: { 200: sessionSchema },
  run: async ({ access }, { token }) => presentOpened(await access.renew(token), 200),
});

const signOut = route({
  operationId: 'signOut',
  method: 'delete',
  path: '/v1/session',
  permission: 'desk',
  tag,
  summary: 'End the session at once',
  answers: { 204: 'nothing' },
  run: async ({ access }, { token, principal }) => {
    // A program's key is not a session: it is revoked, not signed out.
    if (principal.type === 'agent') await access.signOut(token);
    return answered(204);
  },
});

const me = route({
  operationId: 'me',
  method: 'get',
  path: '/v1/me',
  permission: 'desk',
  tag,
  summary: 'Who the token stands for',
  answers: { 200: meSchema },
  run: async ({ directory, links }, { principal }) => {
    const { id, name } = await directory.readWorkspace(principal);
    const isAgent = principal.type === 'agent';
    const body: Me = {
      type: principal.type,
      workspace: { id, name },
      permissions: isAgent ? ['desk'] : [...principal.permissions],
      ...(isAgent
        ? {
            agent: { id: principal.agentId, email: principal.email, name: principal.name },
            sessionExpiresAt: principal.expiresAt.toISOString(),
          }
        : { key: { id: principalKey(principal), name: principal.name } }),
      ...(links.visitorPage === undefined ? {} : { hints: { visitorPage: links.visitorPage } }),
    };
    return answered(200, body);
  },
});

function presentOpened(answer: SessionAnswer, status: 200 | 201): RouteAnswer {
  if (answer.outcome === 'opened') return answered(status, presentSession(answer.session));
  const message =
    answer.code === 'sign_in_code_invalid'
      ? 'This sign-in link was used already or is too old. Ask for a new one.'
      : 'The session is over. Sign in again.';
  return { outcome: 'refused', code: answer.code, message };
}

export const session = [exchangeCode, renewSession, signOut, me];
