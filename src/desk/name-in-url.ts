/** What a file is called that is named by its address only. */
export function nameInUrl(url: string): string | undefined {
  const tail = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(tail) || undefined;
  } catch {
    return tail;
  }
}
