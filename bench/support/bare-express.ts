/* The baseline of the intake: an Express server that parses the same body and answers 200. */
import express from 'express';
import './end-with-parent.js';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ limit: '256kb' }));
app.post('/webhooks/:key', (request, response) => {
  const body = request.body as { token?: string };
  response.json({ token: body.token });
});
const server = app.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
