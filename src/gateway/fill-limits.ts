import type { GatewayLimits } from './ports.js';

export type FilledLimits = Required<GatewayLimits>;

/** The limits with their defaults. */
export function fillLimits(limits: GatewayLimits): FilledLimits {
  return {
    trustProxyHops: 0,
    commandsPerSecond: 20,
    commandBurst: 60,
    bufferBytes: 256 * 1024,
    stallSeconds: 20,
    catchUpFacts: 50_000,
    connectSeconds: 10,
    sweepSeconds: 1,
    recheckSeconds: 2,
    ...limits,
  };
}
