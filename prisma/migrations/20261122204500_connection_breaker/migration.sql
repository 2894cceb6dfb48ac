-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "breaker_until" TIMESTAMPTZ(3);
