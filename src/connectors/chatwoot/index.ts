export { createChatwootConnector } from './create-chatwoot-connector.js';
