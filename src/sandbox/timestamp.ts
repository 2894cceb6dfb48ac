/** WotNot's own spelling of an instant: a space, microseconds, no zone, meaning UTC. */
export function timestamp(instant: Date | string): string {
  const iso = typeof instant === 'string' ? instant : instant.toISOString();
  return iso.replace('T', ' ').replace('Z', '000');
}
