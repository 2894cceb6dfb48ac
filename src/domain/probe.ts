/**
 * The header by which the bridge is asked, at any webhook's address, whether it is there; its answer carries
 * the bridge's name in the same header. Nothing else is read of such a request.
 */
export const PROBE_HEADER = 'x-desk-bridge';
