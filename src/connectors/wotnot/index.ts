export { createWotNotConnector } from './create-wotnot-connector.js';
