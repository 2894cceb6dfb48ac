/*
 * Calls the built product's two ways to the outside on the URL that is named: WotNot's client with the guarded
 * agents, and the fetching of files. In a process of its own, as the authorities that are trusted are read when a
 * process starts. Writes what each of them says as JSON.
 */
import {
  createFetchOutside,
  createGuardedAgents,
  policyFor,
} from '../../../dist/src/connectors/http-client/index.js';
import { createSendRequest, createWotNotClient } from '../../../dist/src/wotnot/index.js';

const url = process.argv[2];
const agents = createGuardedAgents(policyFor(true));
const client = createWotNotClient({
  baseUrl: url,
  token: 'token-of-the-account',
  accountId: '1',
  transport: createSendRequest(agents),
  deadlineSeconds: 8,
});
// Nothing that may be done twice: had it been sent, it would be uncertain.
const invitation = { user: { email: 'ada@fern.example', role_id: '1' } };
const called = await client.call('invite-user', invitation).then(
  () => ({ code: 'answered', networkCode: null, whatToDo: 'nothing' }),
  ({ code, networkCode, whatToDo }) => ({ code, networkCode, whatToDo }),
);
const fetched = await createFetchOutside()(`${url}/file`, {
  maxBytes: 1_000,
  deadlineSeconds: 8,
  allowPrivate: true,
});
agents.stop();
process.stdout.write(JSON.stringify({ called, fetched: fetched.code ?? fetched.outcome }));
