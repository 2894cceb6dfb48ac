export { createOperator } from './create-operator.js';
export { createFindDoor } from './find-door.js';
export { createOpenAccount, type OpenAccount } from './open-account.js';
export { pauseForCredentials } from './pause-for-credentials.js';
export { createReadTraining } from './read-training.js';
export { createSeal } from './seal.js';
