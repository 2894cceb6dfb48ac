/** What is used of autocannon, which brings no types. */
declare module 'autocannon' {
  interface CannonRequest {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    setupRequest?: (request: CannonRequest) => CannonRequest;
  }
  interface CannonResult {
    '2xx': number;
    non2xx: number;
    errors: number;
    latency: { p50: number; p99: number };
  }
  export default function autocannon(options: {
    url: string;
    connections: number;
    duration?: number;
    amount?: number;
    requests: CannonRequest[];
  }): Promise<CannonResult>;
}
