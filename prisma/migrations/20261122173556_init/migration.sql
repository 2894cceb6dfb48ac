-- CreateTable
CREATE TABLE "workspaces" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "last_seq" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connections" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "connector" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "webhook_key" TEXT NOT NULL,
    "webhook_token_hashes" TEXT[],
    "settings" JSONB NOT NULL DEFAULT '{}',
    "credentials" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "paused_reason" TEXT,
    "paused_at" TIMESTAMPTZ(3),
    "echo_seen_at" TIMESTAMPTZ(3),
    "last_inbound_at" TIMESTAMPTZ(3),
    "last_delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connections_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "agents" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "agents_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "sign_in_codes" (
    "workspace_id" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "reusable" BOOLEAN NOT NULL DEFAULT false,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_codes_pkey" PRIMARY KEY ("workspace_id","code_hash")
);

-- CreateTable
CREATE TABLE "agent_sessions" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "renewable_until" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_sessions_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "workspace_id" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "answer" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("workspace_id","principal","key")
);

-- CreateTable
CREATE TABLE "inbound_keys" (
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbound_keys_pkey" PRIMARY KEY ("workspace_id","connection_id","key")
);

-- CreateTable
CREATE TABLE "inbound_events" (
    "workspace_id" TEXT NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "connection_id" TEXT NOT NULL,
    "lane_key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "flags" TEXT[],
    "state" TEXT NOT NULL DEFAULT 'recorded',
    "detail" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "projected_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbound_events_pkey" PRIMARY KEY ("workspace_id","position")
);

-- CreateTable
CREATE TABLE "contacts" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "external_contact_id" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "variables" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "conversations" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "external_conversation_id" TEXT NOT NULL,
    "contact_id" TEXT NOT NULL,
    "channel" TEXT,
    "title" TEXT,
    "status" TEXT NOT NULL DEFAULT 'open',
    "assignee_type" TEXT NOT NULL DEFAULT 'nobody',
    "assignee_key" TEXT,
    "assignee_name" TEXT,
    "labels" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "variables" JSONB NOT NULL DEFAULT '{}',
    "sla" JSONB,
    "sla_breached_at" TIMESTAMPTZ(3),
    "known" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "last_seq" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "last_message" JSONB,
    "last_activity_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conversations_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "conversation_aliases" (
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,

    CONSTRAINT "conversation_aliases_pkey" PRIMARY KEY ("workspace_id","connection_id","external_id")
);

-- CreateTable
CREATE TABLE "messages" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "direction" TEXT NOT NULL,
    "author" JSONB NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "content" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL,
    "external_message_id" TEXT,
    "fingerprint" TEXT,
    "echoed_at" TIMESTAMPTZ(3),
    "delivery_id" TEXT,
    "failure" JSONB,
    "flags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "messages_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "notes" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "author" JSONB NOT NULL,
    "text" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notes_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "conversation_events" (
    "workspace_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "txid" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "position" BIGSERIAL NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversation_events_pkey" PRIMARY KEY ("workspace_id","conversation_id","seq")
);

-- CreateTable
CREATE TABLE "ticket_links" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "external_ticket_id" TEXT NOT NULL,
    "url" TEXT,
    "ticket_status" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ticket_links_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "lanes" (
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3),
    "owed" INTEGER NOT NULL DEFAULT 0,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "fence" BIGINT NOT NULL DEFAULT 0,
    "troubled_since" TIMESTAMPTZ(3),
    "delay_told" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "lanes_pkey" PRIMARY KEY ("workspace_id","connection_id","conversation_id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "message_id" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "idempotency_key" TEXT NOT NULL,
    "external_id" TEXT,
    "reason" JSONB,
    "flags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sending_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "attempts" (
    "workspace_id" TEXT NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "fence" BIGINT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "http_status" INTEGER,
    "code" TEXT,
    "detail" TEXT,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("workspace_id","delivery_id","number")
);

-- CreateTable
CREATE TABLE "files" (
    "workspace_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "files_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "file_pieces" (
    "workspace_id" TEXT NOT NULL,
    "file_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "file_pieces_pkey" PRIMARY KEY ("workspace_id","file_id","number")
);

-- CreateIndex
CREATE UNIQUE INDEX "connections_workspace_id_webhook_key_key" ON "connections"("workspace_id", "webhook_key");

-- CreateIndex
CREATE UNIQUE INDEX "agents_workspace_id_email_key" ON "agents"("workspace_id", "email");

-- CreateIndex
CREATE INDEX "agent_sessions_workspace_id_agent_id_idx" ON "agent_sessions"("workspace_id", "agent_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_sessions_workspace_id_token_hash_key" ON "agent_sessions"("workspace_id", "token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_workspace_id_key_hash_key" ON "api_keys"("workspace_id", "key_hash");

-- CreateIndex
CREATE INDEX "idempotency_keys_workspace_id_created_at_idx" ON "idempotency_keys"("workspace_id", "created_at");

-- CreateIndex
CREATE INDEX "inbound_keys_workspace_id_accepted_at_idx" ON "inbound_keys"("workspace_id", "accepted_at");

-- CreateIndex
CREATE INDEX "inbound_events_waiting" ON "inbound_events"("workspace_id", "connection_id", "lane_key", "position") WHERE (state = 'recorded');

-- CreateIndex
CREATE INDEX "inbound_events_parked" ON "inbound_events"("workspace_id", "state", "position") WHERE (state = ANY (ARRAY['unrecognised'::text, 'failed'::text]));

-- CreateIndex
CREATE UNIQUE INDEX "contacts_workspace_id_connection_id_external_contact_id_key" ON "contacts"("workspace_id", "connection_id", "external_contact_id");

-- CreateIndex
CREATE INDEX "conversations_workspace_id_status_last_activity_at_id_idx" ON "conversations"("workspace_id", "status", "last_activity_at" DESC, "id");

-- CreateIndex
CREATE INDEX "conversations_workspace_id_last_activity_at_id_idx" ON "conversations"("workspace_id", "last_activity_at" DESC, "id");

-- CreateIndex
CREATE INDEX "conversations_workspace_id_contact_id_idx" ON "conversations"("workspace_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "conversations_workspace_id_connection_id_external_conversat_key" ON "conversations"("workspace_id", "connection_id", "external_conversation_id");

-- CreateIndex
CREATE INDEX "messages_workspace_id_conversation_id_seq_idx" ON "messages"("workspace_id", "conversation_id", "seq");

-- CreateIndex
CREATE INDEX "messages_workspace_id_conversation_id_external_message_id_idx" ON "messages"("workspace_id", "conversation_id", "external_message_id") WHERE (external_message_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "notes_workspace_id_conversation_id_seq_idx" ON "notes"("workspace_id", "conversation_id", "seq");

-- CreateIndex
CREATE INDEX "conversation_events_workspace_id_txid_position_idx" ON "conversation_events"("workspace_id", "txid", "position");

-- CreateIndex
CREATE UNIQUE INDEX "ticket_links_workspace_id_connection_id_external_ticket_id_key" ON "ticket_links"("workspace_id", "connection_id", "external_ticket_id");

-- CreateIndex
CREATE UNIQUE INDEX "ticket_links_workspace_id_conversation_id_connection_id_key" ON "ticket_links"("workspace_id", "conversation_id", "connection_id");

-- CreateIndex
CREATE INDEX "lanes_due" ON "lanes"("workspace_id", "connection_id", "next_at") WHERE (next_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "deliveries_owed" ON "deliveries"("workspace_id", "connection_id", "conversation_id", "position") WHERE (state = ANY (ARRAY['waiting'::text, 'sending'::text, 'uncertain'::text]));

-- CreateIndex
CREATE INDEX "deliveries_workspace_id_state_position_idx" ON "deliveries"("workspace_id", "state", "position");
