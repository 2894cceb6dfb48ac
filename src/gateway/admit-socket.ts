import { may, principalKey } from '../access/principal.js';
import { type ErrorCode } from '../contract/errors.js';
import { handshakeAuthSchema } from '../contract/socket.js';
import { clientAddress } from '../access/client-address.js';
import { countPlaces } from './count-places.js';
import type { FilledLimits } from './fill-limits.js';
import { createListener, type GatewaySocket, type Listener } from './listener.js';
import type { GatewayDeps } from './ports.js';

export type Admission = { outcome: 'admitted'; listener: Listener } | { outcome: 'refused'; code: ErrorCode };

export type AdmitSocket = (socket: GatewaySocket) => Promise<Admission>;

/**
 * Who is connecting: judged by the handshake's `auth` alone, before any event of it is read. Every token
 * that does not stand is refused in the same words. A connection is one socket: it has one try.
 */
export function createAdmitSocket(deps: Pick<GatewayDeps, 'access'>, limits: FilledLimits): AdmitSocket {
  const tried = new WeakSet<GatewaySocket['conn']>();
  const ofPrincipal = countPlaces(limits.socketsPerPrincipal);
  const ofWorkspace = countPlaces(limits.socketsPerWorkspace);

  return async (socket) => {
    if (tried.has(socket.conn)) return { outcome: 'refused', code: 'token_invalid' };
    tried.add(socket.conn);
    const auth = handshakeAuthSchema.safeParse(socket.handshake.auth);
    if (!auth.success) return { outcome: 'refused', code: 'token_invalid' };
    const { token, cursor } = auth.data;
    const answer = await deps.access.authenticate(token);
    if (answer.outcome === 'refused') return { outcome: 'refused', code: 'token_invalid' };
    const { principal } = answer;
    if (!may(principal, 'desk')) return { outcome: 'refused', code: 'forbidden' };

    const { workspaceId } = principal.scope;
    const leaveWorkspace = ofWorkspace.take(workspaceId);
    if (leaveWorkspace === undefined) return { outcome: 'refused', code: 'too_many_connections' };
    const leavePrincipal = ofPrincipal.take(`${workspaceId}/${principalKey(principal)}`);
    if (leavePrincipal === undefined) {
      leaveWorkspace();
      return { outcome: 'refused', code: 'too_many_connections' };
    }
    const giveBack = (): void => {
      leaveWorkspace();
      leavePrincipal();
    };
    if (socket.conn.readyState === 'open') socket.conn.once('close', giveBack);
    else giveBack();
    const address = clientAddress(socket.request, limits.trustProxyHops);
    return { outcome: 'admitted', listener: createListener(socket, { token, principal, cursor, address }) };
  };
}
