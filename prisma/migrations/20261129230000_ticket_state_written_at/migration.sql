-- AlterTable
ALTER TABLE "ticket_follows" ADD COLUMN     "state_written_at" TIMESTAMPTZ(3);
