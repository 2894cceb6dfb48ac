export { createOperator } from './create-operator.js';
export { createFindDoor } from './find-door.js';
export { createOpenAccount, type OpenAccount } from './open-account.js';
export { pauseForCredentials } from './pause-for-credentials.js';
export { judgeWebhook, type Probe } from './judge-webhook.js';
export { createReadTraining } from './read-training.js';
export type { Operator } from './operator.js';
export { createSeal, type Seal } from './seal.js';
export { createTendRegistrations, type TendRegistrations } from './tend-registrations.js';
