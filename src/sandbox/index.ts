export { createSandbox } from './create-sandbox.js';
export type { Fault, FaultAction } from './faults.js';
export type { SandboxOptions } from './world.js';
