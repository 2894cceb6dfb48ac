export {
  composePieces,
  composeStems,
  isPiece,
  type Piece,
  type PieceFile,
  type PieceLimits,
  type Wording,
} from './compose-pieces.js';
export { fetchSigned } from './fetch-signed.js';
export { FailedCall, judgeAnswer, settleCall } from './failed-call.js';
export { renderLines, splitText } from './lines.js';
export { makeStorable } from './make-storable.js';
export { deskPolicy } from './policy-schema.js';
export { createSpending } from './spending.js';
export {
  checkStatuses,
  statusFields,
  statusOf,
  type StatusWords,
  wordFor,
} from './status-words.js';
export { writeOrLink } from './write-or-link.js';
export { isSameSecret, type SignatureScheme, verifySignature } from './verify-signature.js';
