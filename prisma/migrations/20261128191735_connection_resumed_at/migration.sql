-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "resumed_at" TIMESTAMPTZ(3);
