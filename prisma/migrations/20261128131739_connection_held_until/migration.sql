-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "held_until" TIMESTAMPTZ(3);
