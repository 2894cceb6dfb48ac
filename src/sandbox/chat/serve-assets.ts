import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router } from 'express';

function packageRoot(from: string): string {
  let folder = dirname(fileURLToPath(from));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

const folder = join(packageRoot(import.meta.url), 'dist', 'src', 'sandbox', 'visitor-page');
const assets: Record<string, string> = { 'main.js': 'text/javascript', 'main.css': 'text/css' };

const page = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='16' fill='%232f5d46'/%3E%3Cpath d='M16 27V9m0 4c-4 0-6-2-6-5 4 0 6 2 6 5zm0 6c-4 0-7-2-7-5 5 0 7 2 7 5zm0-3c0-3 2-5 7-5 0 3-3 5-7 5zm0 6c0-3 2-5 6-5 0 3-2 5-6 5z' stroke='%23f4efe2' stroke-width='1.6' fill='none'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/assets/main.css">
<script type="module" src="/assets/main.js"></script>
</head>
<body>
<div id="app"><p class="waiting">Sandbox. One moment… If this stays, the page has not been built: run <code>npm run build</code>.</p></div>
<noscript>This page of the sandbox needs JavaScript.</noscript>
</body>
</html>
`;

const sendPage =
  (title: string): RequestHandler =>
  (_request, response) => {
    response.set('cache-control', 'no-store').type('html').send(page(title));
  };

/** The two pages and the program they share. */
export function serveAssets(): Router {
  const router = Router();
  router.get('/', (_request, response) => response.redirect('/chat'));
  router.get('/chat', sendPage('Fern & Fable · Sandbox'));
  router.get('/office', sendPage('Back office · Sandbox'));
  router.get('/assets/:name', (request, response, next) => {
    const type = assets[request.params.name];
    const path = join(folder, request.params.name);
    if (type === undefined || !existsSync(path)) return next();
    response.set('cache-control', 'no-cache').type(type).send(readFileSync(path));
  });
  return router;
}
