import type { OperationName } from '../../wotnot/index.js';
import type { Handler } from './api-request.js';
import { assignTeam, assignUser, closeConversation, updateVariables } from './conversation-handlers.js';
import { createContacts } from './create-contacts.js';
import { createConversation } from './create-conversation.js';
import { sendMessage, sendVisitorMessage, startApiConversation } from './message-handlers.js';
import { createBot, deployBotFlow, getBotFlow, listBots } from './bot-handlers.js';
import {
  addDomain,
  addWebpages,
  createKnowledgeBase,
  deleteDataSources,
  getKnowledgeBase,
  getTrainingStatus,
} from './knowledge-base-handlers.js';
import { setWebhook } from './set-webhook.js';
import { uploadSources } from './upload-sources.js';
import { inviteUser, listRoles, removeUser, updateUserRole } from './user-handlers.js';

/** Who answers what: the whole of WotNot's public API and its API channel. */
export const handlers: Record<OperationName, Handler> = {
  'create-knowledge-base': createKnowledgeBase,
  'upload-sources': uploadSources,
  'add-webpages': addWebpages,
  'add-domain': addDomain,
  'delete-data-sources': deleteDataSources,
  'get-training-status': getTrainingStatus,
  'get-knowledge-base': getKnowledgeBase,
  'create-contacts': createContacts,
  'create-conversation': createConversation,
  'send-message': sendMessage,
  'close-conversation': closeConversation,
  'assign-user': assignUser,
  'assign-team': assignTeam,
  'update-variables': updateVariables,
  'set-webhook': setWebhook,
  'create-bot': createBot,
  'get-bot-flow': getBotFlow,
  'deploy-bot-flow': deployBotFlow,
  'list-bots': listBots,
  'list-roles': listRoles,
  'invite-user': inviteUser,
  'update-user-role': updateUserRole,
  'remove-user': removeUser,
  'start-api-conversation': startApiConversation,
  'send-visitor-message': sendVisitorMessage,
};
