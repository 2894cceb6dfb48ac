-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "credentials_lease_owner" TEXT,
ADD COLUMN     "credentials_lease_until" TIMESTAMPTZ(3),
ADD COLUMN     "credentials_version" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "lanes" ADD COLUMN     "pace" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "paced_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "origin_connection_id" TEXT;

-- AlterTable
ALTER TABLE "notes" ADD COLUMN     "origin_connection_id" TEXT;

-- AlterTable
ALTER TABLE "ticket_links" ADD COLUMN     "origin" TEXT NOT NULL DEFAULT 'linked';

-- CreateTable
CREATE TABLE "desk_mirrors" (
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "cursor" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "desk_mirrors_pkey" PRIMARY KEY ("workspace_id","connection_id")
);

-- CreateTable
CREATE TABLE "ticket_follows" (
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "external_ticket_id" TEXT NOT NULL,
    "cursor" JSONB,
    "known" JSONB NOT NULL DEFAULT '{}',
    "next_at" TIMESTAMPTZ(3),
    "hints" INTEGER NOT NULL DEFAULT 0,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "lively_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "since" TIMESTAMPTZ(3),

    CONSTRAINT "ticket_follows_pkey" PRIMARY KEY ("workspace_id","connection_id","external_ticket_id")
);

-- CreateTable
CREATE TABLE "written_ids" (
    "workspace_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "written_ids_pkey" PRIMARY KEY ("workspace_id","connection_id","external_id")
);

-- CreateIndex
CREATE INDEX "ticket_follows_due" ON "ticket_follows"("workspace_id", "connection_id", "next_at") WHERE (next_at IS NOT NULL);
