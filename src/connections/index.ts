export { createOperator } from './create-operator.js';
export { createFindDoor, type FindDoor } from './find-door.js';
export { createOpenAccount, type OpenAccount, type OpenedAccount } from './open-account.js';
export type { CreatedConnection, Operator, OperatorAnswer, Registered, RotatedToken } from './operator.js';
export type { OperatorDeps } from './operator-deps.js';
export { pauseForCredentials } from './pause-for-credentials.js';
export { createSeal, type Seal, type SealKey, SealBrokenError } from './seal.js';
