export * from './answers.js';
export * from './commands.js';
export * from './errors.js';
export * from './facts.js';
export * from './json-schema.js';
export * from './parameters.js';
export * from './resources.js';
export * from './socket.js';
