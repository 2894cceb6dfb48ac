export { createWebhookConnector } from './create-webhook-connector.js';
