export { createRequestTrackerConnector } from './create-request-tracker-connector.js';
