export * from './create-gateway.js';
export type { GatewayDeps, GatewayLimits, GatewayNudges, GatewayTelemetry } from './ports.js';
