import http from 'node:http';
import https from 'node:https';

/** Connections that stay open between calls, those of one client apart from any other's. */
export function createAgents() {
  const settings = { keepAlive: true, maxSockets: 50, maxFreeSockets: 10, timeout: 60_000 };
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
