-- CreateIndex
CREATE INDEX "conversations_starting" ON "conversations"("workspace_id", "connection_id") WHERE (external_conversation_id ~~ 'starting:%'::text);
