export * from './commands.js';
export * from './errors.js';
export * from './facts.js';
export * from './resources.js';
export * from './socket.js';
