import type { Access } from '../access/access.js';
import type { CommandName } from '../contract/socket.js';
import type { Desk } from '../desk/desk.js';
import type { Feed } from '../store/feed.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { WrittenFacts } from '../store/written-facts.js';

/** What this room needs of the others. */
export interface GatewayDeps {
  access: Pick<Access, 'authenticate'>;
  desk: Desk;
  feed: Pick<Feed, 'readAfter' | 'follow' | 'head'>;
  nudges: GatewayNudges;
  telemetry: GatewayTelemetry;
  limits: GatewayLimits;
  /** Origins besides our own whose pages may connect; the public URL's origin belongs here. */
  allowedOrigins: readonly string[];
  /** Makes the signed link of a file of that workspace. */
  signUrl(scope: WorkspaceScope, fileId: string, name: string): string;
  /** Whether an exception says that the database cannot be reached just now. */
  isDatabaseUnavailable?(error: unknown): boolean;
}

/** They carry the ids of workspaces. A lost nudge costs a sweep. */
export interface GatewayNudges {
  on(topic: 'facts' | 'access', listener: (workspaceIds: string[]) => void): () => void;
  /** What this process has just written itself; `facts` comes right behind it. */
  on(topic: 'written', listener: (written: WrittenFacts[]) => void): () => void;
}

export interface GatewayLimits {
  socketsPerPrincipal: number;
  socketsPerWorkspace: number;
  socketsPerAddress: number;
  /** Proxies in front of us whose X-Forwarded-For is believed; 0 when not said. */
  trustProxyHops?: number;
  /** Commands of one socket: a steady rate and what may come at once; 20 and 60 when not said. */
  commandsPerSecond?: number;
  commandBurst?: number;
  /** What may wait for one slow socket before it is taken off the live feed; 256 kB when not said. */
  bufferBytes?: number;
  /** A socket that takes nothing for so long is cut; 20 when not said. */
  stallSeconds?: number;
  /** A socket further behind than this fetches afresh; 50,000 when not said. */
  catchUpFacts?: number;
  /** How long a connection may stand without saying who it is; 10 when not said. */
  connectSeconds?: number;
  /** How often facts and rights are looked at without a nudge; 1 and 2 when not said. */
  sweepSeconds?: number;
  recheckSeconds?: number;
}

/** One business event each, log and metric together; ids and codes only, never what people say. */
export interface GatewayTelemetry {
  socketConnected(event: { workspaceId: string; principal: string; address: string }): void;
  socketClosed(event: { workspaceId: string; principal: string; reason: string }): void;
  /** We ended it: revoked, expired, too slow, too many packets. */
  socketCut(event: { workspaceId: string; principal: string; reason: string }): void;
  socketRefused(event: { code: string; address: string }): void;
  commandAnswered(event: {
    workspaceId: string;
    name: CommandName;
    outcome: string;
    milliseconds: number;
  }): void;
  factsSent(event: { workspaceId: string; facts: number; sockets: number; milliseconds: number }): void;
  /** Something went wrong that should not; what was under way, never what it carried. */
  failed(event: { during: string; workspaceId?: string; error: unknown }): void;
}
