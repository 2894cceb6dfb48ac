export { createFreshdeskConnector } from './create-freshdesk-connector.js';
