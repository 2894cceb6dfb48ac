export { createZendeskConnector } from './create-zendesk-connector.js';
