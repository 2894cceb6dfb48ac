import { WorkspaceScope } from './scope.js';

/** An event that waits to be projected. */
export interface WaitingEvent {
  scope: WorkspaceScope;
  workspaceId: string;
  connectionId: string;
  laneKey: string;
  position: bigint;
  kind: string;
  payload: Record<string, unknown>;
  flags: string[];
  receivedAt: Date;
}

/** Its row in `inbound_events`. */
export interface WaitingEventRow {
  workspace_id: string;
  connection_id: string;
  lane_key: string;
  position: bigint;
  kind: string;
  payload: Record<string, unknown>;
  flags: string[];
  received_at: Date;
}

export const waitingEventOf = (row: WaitingEventRow): WaitingEvent => ({
  scope: WorkspaceScope.open(row.workspace_id),
  workspaceId: row.workspace_id,
  connectionId: row.connection_id,
  laneKey: row.lane_key,
  position: row.position,
  kind: row.kind,
  payload: row.payload,
  flags: row.flags,
  receivedAt: row.received_at,
});
