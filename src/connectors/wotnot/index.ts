export { createWotNotConnector } from './create-wotnot-connector.js';
export { hashWebhookToken } from './signature.js';
