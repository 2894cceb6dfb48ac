/**
 * Says something and is killed in the moment in which it is told that it leaves: `<base URL> <how many calls pass>`.
 * Run as a process of its own.
 */
import https from 'node:https';
import http from 'node:http';
import { createSendRequest, createWotNotClient } from '../../src/wotnot/index.js';

const [baseUrl = '', passing = '0'] = process.argv.slice(2);
const agents = {
  httpAgent: new http.Agent({ keepAlive: true }),
  httpsAgent: new https.Agent({ keepAlive: true, rejectUnauthorized: false }),
};
const wotnot = createWotNotClient({
  baseUrl,
  token: 'leaving-token-0123456789',
  accountId: 1,
  transport: createSendRequest(agents),
});
const request = {
  conversation_id: 'c1',
  message: { type: 'text', data: { body: 'Hi' } },
  user: { by: 'ada@example.com' },
} as const;

for (let call = 0; call < Number(passing); call += 1) await wotnot.sendMessage(request);
await wotnot.sendMessage(request, { onLeaving: () => process.kill(process.pid, 'SIGKILL') });
process.exit(3);
