-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "registration_lease_owner" TEXT,
ADD COLUMN     "registration_lease_until" TIMESTAMPTZ(3);
