export { nameOf, renderLines, splitText } from './lines.js';
export { deskPolicy, deskPolicySchema } from './policy-schema.js';
export { isSameSecret, type SignatureScheme, verifySignature } from './verify-signature.js';
