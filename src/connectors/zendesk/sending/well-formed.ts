/** Half of a character becomes U+FFFD: neither a URL nor Zendesk takes it. */
export const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
