-- AlterTable
ALTER TABLE "files" ADD COLUMN     "unused_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "upkeep" (
    "workspace_id" TEXT NOT NULL,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "feed_txid" BIGINT NOT NULL DEFAULT 0,
    "feed_position" BIGINT NOT NULL DEFAULT 0,
    "walked_txid" BIGINT NOT NULL DEFAULT 0,
    "walked_position" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "upkeep_pkey" PRIMARY KEY ("workspace_id")
);

-- CreateTable
CREATE TABLE "feed_days" (
    "workspace_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "txid" BIGINT NOT NULL,

    CONSTRAINT "feed_days_pkey" PRIMARY KEY ("workspace_id","day")
);

-- CreateIndex
CREATE INDEX "files_unused" ON "files"("workspace_id", "unused_since") WHERE (unused_since IS NOT NULL);
