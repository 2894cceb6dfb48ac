export * from './create-gateway.js';
export type { GatewayDeps, GatewayLimits } from './ports.js';
