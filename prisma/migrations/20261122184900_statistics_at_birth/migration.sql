-- Statistics at birth. A planner that knows nothing of a table takes any index that begins with the workspace
-- for as good as its key, keeps such a plan for as long as the connection lives, and then reads a workspace
-- whole for each row it looks for. So every hot table is shown rows of the shape it will have, once: one
-- workspace, many conversations. The rows go, what was learned stays until the database learns better.

INSERT INTO "conversations" ("workspace_id", "id", "connection_id", "external_conversation_id", "contact_id")
  SELECT 'wsp_', 'cnv_' || n, 'con_' || n % 2, 'ext_' || n, 'ctc_' || n FROM generate_series(1, 2000) AS n;
INSERT INTO "contacts" ("workspace_id", "id", "connection_id", "external_contact_id")
  SELECT 'wsp_', 'ctc_' || n, 'con_' || n % 2, 'ext_' || n FROM generate_series(1, 2000) AS n;
INSERT INTO "conversation_aliases" ("workspace_id", "connection_id", "external_id", "conversation_id")
  SELECT 'wsp_', 'con_' || n % 2, 'ext_' || n, 'cnv_' || n FROM generate_series(1, 2000) AS n;
INSERT INTO "messages" ("workspace_id", "id", "conversation_id", "seq", "direction", "author", "kind", "text", "state",
    "external_message_id", "delivery_id", "occurred_at")
  SELECT 'wsp_', 'msg_' || n, 'cnv_' || n / 10, n % 10, CASE WHEN n % 2 = 0 THEN 'in' ELSE 'out' END, '{}', 'text', 'text',
    'received', 'ext_' || n, 'dlv_' || n, now() FROM generate_series(1, 4000) AS n;
INSERT INTO "notes" ("workspace_id", "id", "conversation_id", "seq", "author", "text", "occurred_at")
  SELECT 'wsp_', 'not_' || n, 'cnv_' || n / 2, n, '{}', 'text', now() FROM generate_series(1, 2000) AS n;
INSERT INTO "conversation_events" ("workspace_id", "conversation_id", "seq", "type", "data", "txid", "occurred_at")
  SELECT 'wsp_', 'cnv_' || n / 10, n % 10, 'message.received', '{}', n, now() FROM generate_series(1, 4000) AS n;
INSERT INTO "inbound_keys" ("workspace_id", "connection_id", "key")
  SELECT 'wsp_', 'con_' || n % 2, 'key_' || n FROM generate_series(1, 4000) AS n;
INSERT INTO "inbound_events" ("workspace_id", "connection_id", "lane_key", "kind", "payload", "state")
  SELECT 'wsp_', 'con_' || n % 2, 'ext_' || n / 10, 'message', '{}', CASE WHEN n % 10 = 0 THEN 'recorded' ELSE 'projected' END
  FROM generate_series(1, 4000) AS n;
INSERT INTO "lanes" ("workspace_id", "connection_id", "conversation_id", "next_at")
  SELECT 'wsp_', 'con_' || n % 2, 'cnv_' || n, CASE WHEN n % 10 = 0 THEN now() + make_interval(secs => n) END
  FROM generate_series(1, 2000) AS n;
INSERT INTO "deliveries" ("workspace_id", "id", "connection_id", "conversation_id", "kind", "payload", "message_id", "state", "idempotency_key")
  SELECT 'wsp_', 'dlv_' || n, 'con_' || n % 2, 'cnv_' || n / 10, 'send-message', '{}', 'msg_' || n,
    CASE WHEN n % 10 = 0 THEN 'waiting' ELSE 'delivered' END, 'dlv_' || n FROM generate_series(1, 4000) AS n;
INSERT INTO "attempts" ("workspace_id", "delivery_id", "number", "owner", "fence")
  SELECT 'wsp_', 'dlv_' || n, 1, 'owner', n FROM generate_series(1, 4000) AS n;
INSERT INTO "ticket_links" ("workspace_id", "id", "conversation_id", "connection_id", "external_ticket_id")
  SELECT 'wsp_', 'lnk_' || n, 'cnv_' || n, 'con_' || n % 2, 'tic_' || n FROM generate_series(1, 2000) AS n;

ANALYZE "conversations", "contacts", "conversation_aliases", "messages", "notes", "conversation_events", "inbound_keys",
  "inbound_events", "lanes", "deliveries", "attempts", "ticket_links";

DELETE FROM "conversations" WHERE "workspace_id" = 'wsp_';
DELETE FROM "contacts" WHERE "workspace_id" = 'wsp_';
DELETE FROM "conversation_aliases" WHERE "workspace_id" = 'wsp_';
DELETE FROM "messages" WHERE "workspace_id" = 'wsp_';
DELETE FROM "notes" WHERE "workspace_id" = 'wsp_';
DELETE FROM "conversation_events" WHERE "workspace_id" = 'wsp_';
DELETE FROM "inbound_keys" WHERE "workspace_id" = 'wsp_';
DELETE FROM "inbound_events" WHERE "workspace_id" = 'wsp_';
DELETE FROM "lanes" WHERE "workspace_id" = 'wsp_';
DELETE FROM "deliveries" WHERE "workspace_id" = 'wsp_';
DELETE FROM "attempts" WHERE "workspace_id" = 'wsp_';
DELETE FROM "ticket_links" WHERE "workspace_id" = 'wsp_';
