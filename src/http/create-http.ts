import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { refuse } from './answer/refuse.js';
import { refuseFailure } from './answer/refuse-failure.js';
import { readRouteBody } from './body/read-route-body.js';
import { allowOrigins } from './door/allow-origins.js';
import { authenticate, authorise } from './door/authenticate.js';
import { slowGuessing } from './door/slow-guessing.js';
import { limitAddress, limitPrincipal } from './door/limit-rate.js';
import { openRequest } from './door/open-request.js';
import { refuseOddRequests } from './door/refuse-odd-requests.js';
import { contextOf, openContext } from './door/request-context.js';
import { requestIdOf } from './door/request-id.js';
import { NO_PAGE, setSecurityHeaders } from './door/set-security-headers.js';
import { ENTRANCES, entrances, type EntranceName, expressPath } from './entrances.js';
import { openFileLink } from './files/open-file-link.js';
import { tellLive, tellMetrics, tellReady } from './health.js';
import { tellDescription, tellDocs, tellDocsStyle } from './page/tell-docs.js';
import { serveConsole } from './page/serve-console.js';
import type { HttpDeps } from './ports.js';
import type { Route } from './route.js';
import { routes } from './routes/index.js';
import { serveRoute } from './serve-route.js';
import { type ReceiveWebhook, receiveWebhook } from './webhook/receive-webhook.js';
import { takeWebhooks } from './webhook/take-webhooks.js';

/** Everything that is reached over HTTP but the sockets. Listens nowhere: that is the server's. */
export function createHttp(deps: HttpDeps): RequestListener {
  const receive = receiveWebhook(deps);
  return takeWebhooks(receive, createExpress(deps, receive));
}

export function createExpress(deps: HttpDeps, receive: ReceiveWebhook): Express {
  const { config } = deps;
  const isHttps = config.publicUrl.startsWith('https:');
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', config.trustProxyHops);
  app.enable('case sensitive routing');
  app.enable('strict routing');

  app.post(expressPath(ENTRANCES.receiveWebhook.path), (request, response) =>
    receive(request, response, String(request.params.connectionKey)),
  );

  app.use(openRequest(deps.telemetry), setSecurityHeaders(NO_PAGE, { isHttps }), refuseOddRequests);
  app.use(allowOrigins(config.allowedOrigins));

  const inTable: Record<Exclude<EntranceName, 'receiveWebhook'>, RequestHandler[]> = {
    live: [tellLive],
    ready: [tellReady(deps.readiness)],
    metrics: [tellMetrics(deps.metrics, config.metricsToken)],
    openFile: [
      limitAddress(config.requestsPerMinutePerAddress),
      setSecurityHeaders({ ...NO_PAGE, sandbox: [] }, { isHttps, crossOrigin: true }),
      openFileLink(deps.desk),
    ],
    openapi: [tellDescription()],
    docs: [...tellDocs(isHttps)],
  };
  for (const [name, handlers] of Object.entries(inTable) as [EntranceName, RequestHandler[]][]) {
    const { path } = ENTRANCES[name];
    app.get(expressPath(path), nameRoute(path), ...handlers);
  }
  app.get('/docs.css', nameRoute('/docs.css'), tellDocsStyle);

  app.use(
    '/v1',
    limitAddress(config.requestsPerMinutePerAddress),
    slowGuessing(config.refusalsPerMinutePerAddress),
  );
  const readBodyOf = readRouteBody(config);
  const signedIn = [authenticate(deps.access), limitPrincipal(config.requestsPerMinutePerPrincipal)];
  for (const route of routes) {
    const guards = route.permission === 'anyone' ? [] : [...signedIn, authorise(route.permission)];
    app[route.method](
      expressPath(route.path),
      nameRoute(route.path),
      ...guards,
      serveRoute(route, deps, readBodyOf),
    );
  }

  app.use(serveConsole(config));
  for (const [path, methods] of methodsByPath(routes))
    app.route(expressPath(path)).all(refuseMethod(path, methods));
  app.use(refuseUnknown);
  app.use(refuseSurprise(deps));
  return app;
}

const nameRoute =
  (path: string): RequestHandler =>
  (request, _response, next) => {
    contextOf(request).route = path;
    next();
  };

function methodsByPath(table: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>([['/', ['GET', 'HEAD']]]);
  for (const { path, method } of [...table, ...entrances]) {
    const words = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    methods.set(path, [...(methods.get(path) ?? []), ...words]);
  }
  return methods;
}

const refuseMethod =
  (path: string, methods: string[]): RequestHandler =>
  (request, response, next) => {
    contextOf(request).route = path;
    // The console's own place, when there is no console.
    if (methods.includes(request.method)) return next();
    const message = `This takes ${methods.join(', ')}.`;
    refuse(request, response, { code: 'method_not_allowed', message }, { Allow: methods.join(', ') });
  };

const refuseUnknown: RequestHandler = (request, response) => {
  refuse(request, response, { code: 'not_found', message: 'There is nothing here.' });
};

/** The last resort: what no handler foresaw. */
function refuseSurprise(deps: HttpDeps): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) return void response.destroy();
    const context = hasContext(request) ? contextOf(request) : openContext(request, requestIdOf(undefined));
    if (error instanceof Error && 'status' in error && error.status === 400) {
      return refuse(request, response, { code: 'bad_url', message: 'The address cannot be read.' });
    }
    const { requestId, route } = context;
    refuse(request, response, refuseFailure(deps, error, { requestId, method: request.method, route }));
  };

  function hasContext(request: Parameters<typeof contextOf>[0]): boolean {
    try {
      contextOf(request);
      return true;
    } catch {
      return false;
    }
  }
}
