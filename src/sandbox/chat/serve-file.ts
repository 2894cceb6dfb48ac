import type { Request, Response } from 'express';
import { refuseControl } from '../control/read-fields.js';
import type { World } from '../world.js';

/** Shown in the page; everything else, SVG and HTML above all, is only handed out as a download. */
const shown = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

function readRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start <= end ? { start, end } : undefined;
}

/** A stored file, with byte ranges so that a voice message can be wound back. */
export function serveFile(world: World, request: Request, response: Response): void {
  const file = world.files.get(String(request.params['id']));
  if (!file) return refuseControl(response, 404, 'file_not_found', 'There is no such file.');
  const type = file.type.split(';')[0]?.trim().toLowerCase() ?? '';
  const isShown = shown.test(type);
  const range = readRange(request.headers.range, file.bytes.length);
  const name = encodeURIComponent(file.name.replace(/[\r\n"\\/]/g, '_'));
  response.set({
    'Content-Type': isShown ? type : 'application/octet-stream',
    'Content-Disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': 'private, max-age=3600',
    'Accept-Ranges': 'bytes',
  });
  if (!range) {
    response.end(file.bytes);
    return;
  }
  response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${file.bytes.length}`);
  response.end(file.bytes.subarray(range.start, range.end + 1));
}
