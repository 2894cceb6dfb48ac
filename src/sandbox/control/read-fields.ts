import type { Request, Response } from 'express';

export type Fields = Record<string, unknown>;

/** An answer of the sandbox's own pages and control API, as distinct from WotNot's. */
export function refuseControl(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}

/** The JSON object of a request; anything else counts as empty. */
export function readFields(request: Request): Fields {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
}

/** A text field, trimmed of nothing; an empty one counts as missing. */
export function readText(fields: Fields, name: string, longest = 20_000): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined;
}
