-- AlterTable
ALTER TABLE "inbound_keys" ADD COLUMN     "says" TEXT;
