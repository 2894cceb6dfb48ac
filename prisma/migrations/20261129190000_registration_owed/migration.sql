-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "registration_owed_at" TIMESTAMPTZ(3);
