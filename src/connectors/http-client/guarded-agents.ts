import http from 'node:http';
import https from 'node:https';
import { createGuardedLookup, type Resolve, resolveBySystem } from './guarded-lookup.js';
import type { Policy } from './policy.js';

export interface GuardedAgents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
  stop(): void;
}

/**
 * Connections that stay open between calls and lead only where the policy allows. A name is judged when
 * its socket connects; an address within a URL is not looked up, so `judgeUrl` must have seen it.
 */
export function createGuardedAgents(policy: Policy, resolve: Resolve = resolveBySystem): GuardedAgents {
  const lookup = createGuardedLookup(resolve, (address) => policy.isAllowedAddress(address));
  const settings = { keepAlive: true, maxSockets: 50, maxFreeSockets: 10, timeout: 60_000, lookup };
  const httpAgent = new http.Agent(settings);
  const httpsAgent = new https.Agent({ ...settings, minVersion: 'TLSv1.2' });
  return {
    httpAgent,
    httpsAgent,
    stop() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
