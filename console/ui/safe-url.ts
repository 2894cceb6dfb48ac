const allowed = ['http:', 'https:', 'mailto:'];

/** The address as the browser understands it, if it can do no more than lead somewhere. */
export function safeUrl(url: string): string | undefined {
  try {
    const parsed = new URL(url);
    return allowed.includes(parsed.protocol) ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it lies on the bridge itself, so that loading it tells nobody else anything. */
export function isOurs(url: string): boolean {
  try {
    return new URL(url, location.href).origin === location.origin;
  } catch {
    return false;
  }
}
