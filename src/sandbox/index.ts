export { createSandbox, type Sandbox } from './create-sandbox.js';
export type { Fault, FaultAction, FaultMatch } from './faults.js';
export type { SandboxOptions } from './world.js';
