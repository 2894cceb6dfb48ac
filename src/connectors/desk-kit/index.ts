export { nameOf, renderLines, splitText } from './lines.js';
export { makeStorable } from './make-storable.js';
export { deskPolicy, deskPolicySchema } from './policy-schema.js';
export { isSameSecret, type SignatureScheme, verifySignature } from './verify-signature.js';
