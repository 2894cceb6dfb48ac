#!/usr/bin/env node
/*
 * A helpdesk in one file: a chat becomes a ticket here, an agent answers it in the browser, and the contact reads
 * the answer in the chat. It is the smallest thing that the bridge's `webhook` connector can talk to, and a
 * pattern to copy from: docs/connectors/webhook.md has every shape that is used here.
 *
 * It keeps everything in memory and lets everybody in who can open its address: it is for this machine.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import process from 'node:process';
import { Webhook } from 'standardwebhooks';

const HELP = `A helpdesk in one file, for the agent-desk-bridge's "webhook" connector.

  node examples/tiny-desk.mjs

It reads its settings from the environment:

  SECRET                  what the bridge signs with: the connection's credential "secret"
  BRIDGE_WEBHOOK_URL      where this desk tells its news: the connection's webhookUrl
  BRIDGE_WEBHOOK_SECRET   what this desk signs with: the connection's webhookToken
  PORT                    where it listens on 127.0.0.1 (4020; 0 for any free one)
  PUBLIC_URL              the address under which the bridge and its agents reach it (http://127.0.0.1:PORT)
  AGENTS                  who works here: "Ada Fern <ada@fern.example>, Grace Fern <grace@fern.example>"

The address for the connection's setting "url" is <PUBLIC_URL>/webhooks.
`;

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(HELP);
  process.exit(0);
}

const { SECRET, BRIDGE_WEBHOOK_URL, BRIDGE_WEBHOOK_SECRET } = process.env;
if (!SECRET || !BRIDGE_WEBHOOK_URL || !BRIDGE_WEBHOOK_SECRET) {
  console.error(`SECRET, BRIDGE_WEBHOOK_URL and BRIDGE_WEBHOOK_SECRET are needed.\n\n${HELP}`);
  process.exit(1);
}
const agents = (process.env.AGENTS ?? 'Ada Fern <ada@fern.example>, Grace Fern <grace@fern.example>')
  .split(',')
  .map((entry) => /^\s*(.*?)\s*<(.+)>\s*$/u.exec(entry) ?? [entry, entry.trim(), entry.trim()])
  .map(([, name, email]) => ({ name, email: email.toLowerCase() }));

// ── What this desk knows ────────────────────────────────────────────────────────────────────────────────────

const tickets = new Map();
const files = new Map();
/** What was answered to a webhook, by its id: the bridge sends it again when our answer was lost on its way. */
const answered = new Map();
const MOST_ANSWERS_KEPT = 10_000;
/** An id is never given twice, not even after a restart that forgot all tickets: else a chat would land in a stranger's. */
const sinceStart = randomUUID().slice(0, 8);
let lastNumber = 0;

function newTicket({ conversationId, subject, contact, introduction, messages, change, follows }) {
  lastNumber += 1;
  const ticket = {
    id: `${sinceStart}-${lastNumber}`,
    number: lastNumber,
    conversationId,
    subject,
    contact,
    status: 'new',
    priority: 'normal',
    assignee: null,
    tags: [],
    entries: [],
    changedAt: new Date().toISOString(),
    ...(follows === undefined ? {} : { follows }),
  };
  tickets.set(ticket.id, ticket);
  if (introduction) add(ticket, 'note', { author: { type: 'bridge' }, text: introduction, files: [] });
  for (const message of messages) add(ticket, 'message', message);
  apply(ticket, change);
  return ticket;
}

/** One line of the thread. `kind` decides who may see it: a message is the contact's too, a note is not. */
function add(ticket, kind, { author, text, files: attached, at = new Date().toISOString() }) {
  const entry = { id: randomUUID(), kind, author, text, files: attached, at };
  ticket.entries.push(entry);
  ticket.changedAt = new Date().toISOString();
  return entry;
}

/** What is missing in a change stays as it is. */
function apply(ticket, { status, priority, assignee, addTags = [] } = {}) {
  if (status !== undefined) ticket.status = status;
  if (priority !== undefined) ticket.priority = priority;
  if (assignee !== undefined) ticket.assignee = assignee;
  ticket.tags = [...new Set([...ticket.tags, ...addTags])];
  ticket.changedAt = new Date().toISOString();
}

// ── What the bridge tells us ────────────────────────────────────────────────────────────────────────────────

/** Standard Webhooks keys are `whsec_` and base64; any other text is the key as it is written. */
const signerOf = (secret) =>
  secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
const fromBridge = signerOf(SECRET);
const toBridge = signerOf(BRIDGE_WEBHOOK_SECRET);

/** `POST /webhooks`. First the signature, over the bytes as they came; then whether it is a repeat; then the deed. */
async function takeWebhook(request, response) {
  const body = await readBody(request, 2_000_000);
  let told;
  try {
    // Throws when the signature is not ours or older than five minutes.
    fromBridge.verify(body, request.headers, { jsonParse: false });
    told = JSON.parse(body.toString('utf8'));
  } catch (error) {
    // 401 pauses the connection: better than losing what it has to say. The operator sees why.
    return json(response, 401, { error: String(error.message) });
  }
  const id = request.headers['webhook-id'];
  const known = answered.get(id);
  if (known !== undefined) return json(response, known.status, known.body);
  const answer = carryOut(told);
  answered.set(id, answer);
  if (answered.size > MOST_ANSWERS_KEPT) answered.delete(answered.keys().next().value);
  return json(response, answer.status, answer.body);
}

function carryOut({ type, data }) {
  if (type === 'ping') return { status: 200, body: { ok: true } };
  if (type === 'ticket.create') {
    const ticket = newTicket(data);
    publish(ticket);
    const messageIds = ticket.entries.map((entry) => entry.id);
    // The bridge keeps our id, and shows our address to the agents of its console.
    return { status: 201, body: { ticketId: ticket.id, url: `${publicUrl}/#${ticket.id}`, messageIds } };
  }
  const ticket = tickets.get(data.ticketId);
  // 410 says "there is no such ticket any more": the bridge opens a new one. Any other 4xx would mean "I refuse this".
  if (ticket === undefined) return { status: 410, body: { error: 'no such ticket' } };
  const before = ticket.entries.length;
  if (type === 'ticket.message') for (const message of data.messages) add(ticket, 'message', message);
  if (type === 'ticket.note') for (const note of data.notes) add(ticket, 'note', note);
  apply(ticket, data.change);
  publish(ticket);
  return { status: 200, body: { messageIds: ticket.entries.slice(before).map((entry) => entry.id) } };
}

// ── What we tell the bridge ─────────────────────────────────────────────────────────────────────────────────

/** What each ticket has still to tell, in order: the second answer waits until the first has arrived. */
const queues = new Map();

/** Tells in the background; `entry`, where there is one, shows how it goes. */
function tell(ticket, type, data, entry) {
  const event = { id: `evt_${randomUUID()}`, type, data: { ticketId: ticket.id, ...data }, entry };
  if (entry !== undefined) entry.told = 'waiting';
  const before = queues.get(ticket.id) ?? Promise.resolve();
  queues.set(
    ticket.id,
    before.then(() => deliver(ticket, event)),
  );
}

/** Until it is answered, with growing pauses, always under the same id: the bridge then takes it once. */
async function deliver(ticket, { id, type, data, entry }) {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOnce(id, type, data);
    if (entry !== undefined && outcome !== 'waiting') entry.told = outcome;
    if (outcome !== 'waiting') return publish(ticket);
    await new Promise((resolve) => setTimeout(resolve, Math.min(60_000, 500 * 2 ** attempt)).unref());
  }
}

async function attemptOnce(id, type, data) {
  // The signature is of this moment: it is good for five minutes.
  const at = new Date();
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  try {
    const answer = await fetch(BRIDGE_WEBHOOK_URL, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': toBridge.sign(id, at, body),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    if (answer.ok) return 'told';
    // What is wrong in itself does not get better: 400 no JSON, 413 too long. Everything else is tried again.
    return answer.status === 400 || answer.status === 413 ? 'refused' : 'waiting';
  } catch {
    return 'waiting';
  }
}

// ── What our agents do ──────────────────────────────────────────────────────────────────────────────────────

function agentDoes(ticket, deed, { text = '', files: fileIds = [], by, ...change }) {
  const { name, email } = agents.find((agent) => agent.email === by) ?? agents[0];
  const author = { name, email };
  if (deed === 'change') {
    apply(ticket, change);
    const { assignee, status, priority } = change;
    // We name agents by e-mail; the bridge knows them by the same.
    const told = assignee === undefined || assignee === null ? assignee : { email: assignee.agentEmail };
    tell(ticket, 'ticket.updated', { status, priority, assignee: told, by: author });
    return true;
  }
  const attached = fileIds.flatMap((id) => files.get(id) ?? []).map(({ bytes: _, ...file }) => file);
  if (text.trim() === '' && attached.length === 0) return false;
  const kind = deed === 'notes' ? 'note' : 'message';
  const entry = add(ticket, kind, { author: { type: 'agent', ...author }, text, files: attached });
  // A note is told as a note, and never reaches the contact. `messageId` is what makes it the same one for ever.
  const type = kind === 'note' ? 'note.created' : 'message.created';
  tell(ticket, type, { messageId: entry.id, author, text, files: attached }, entry);
  if (kind === 'message' && ticket.status === 'new') {
    apply(ticket, { status: 'open' });
    tell(ticket, 'ticket.updated', { status: 'open', by: author });
  }
  return true;
}

// ── The page's server ───────────────────────────────────────────────────────────────────────────────────────

const screens = new Set();

/** Everybody who looks sees it at once: a line of server-sent events each. */
function publish(ticket) {
  for (const screen of screens) screen.write(`data: ${JSON.stringify(ticket)}\n\n`);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (!response.headersSent) json(response, error.status ?? 500, { error: String(error.message) });
    else response.destroy();
  });
});

async function answer(request, response) {
  const url = new URL(request.url ?? '/', publicUrl);
  const [, room = '', id = '', deed = ''] = url.pathname.split('/').map(decodeURIComponent);
  const route = `${request.method} /${room}`;
  if (route === 'POST /webhooks') return takeWebhook(request, response);
  // A page elsewhere may not speak in an agent's name, nor read along under a name that leads here.
  if (!isFromHere(request)) return json(response, 403, { error: 'not from here' });
  if (route === 'GET /') return send(response, 'text/html; charset=utf-8', PAGE);
  if (route === 'GET /page.css') return send(response, 'text/css; charset=utf-8', STYLE);
  if (route === 'GET /page.js') return send(response, 'text/javascript; charset=utf-8', `(${page})();`);
  if (route === 'GET /tickets') return json(response, 200, { agents, tickets: [...tickets.values()] });
  if (route === 'GET /events') return openScreen(response);
  if (route === 'GET /files') return sendFile(response, files.get(id));
  if (route === 'POST /files') return takeFile(request, response, url);
  const ticket = tickets.get(id);
  if (route !== 'POST /tickets' || ticket === undefined) return json(response, 404, { error: 'not here' });
  if (!['messages', 'notes', 'change'].includes(deed)) return json(response, 404, { error: 'not here' });
  const isDone = agentDoes(ticket, deed, JSON.parse((await readBody(request, 300_000)).toString('utf8')));
  publish(ticket);
  return json(response, isDone ? 200 : 400, isDone ? ticket : { error: 'nothing was said' });
}

function isFromHere({ headers, method }) {
  const here = new URL(publicUrl);
  const names = [here.host, `127.0.0.1:${here.port}`, `localhost:${here.port}`];
  if (!names.includes(headers.host)) return false;
  return method === 'GET' || headers.origin === undefined || names.includes(new URL(headers.origin).host);
}

function openScreen(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 1000\n\n');
  screens.add(response);
  response.on('close', () => screens.delete(response));
}

async function takeFile(request, response, url) {
  const bytes = await readBody(request, 25 * 1_048_576);
  const id = randomUUID();
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  const name = (url.searchParams.get('name') ?? 'file').slice(0, 255);
  // The bridge fetches the bytes from this address, so it is one that nobody can guess.
  const file = { id, url: `${publicUrl}/files/${id}`, name, contentType, sizeBytes: bytes.length };
  files.set(id, { ...file, bytes });
  return json(response, 201, file);
}

function sendFile(response, file) {
  if (file === undefined) return json(response, 404, { error: 'not here' });
  response.writeHead(200, {
    'content-type': file.contentType,
    // To be saved, never to be run as a page of ours.
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  response.end(file.bytes);
}

async function readBody(request, mostBytes) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > mostBytes) throw Object.assign(new Error('too large'), { status: 413 });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function send(response, type, text) {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-store',
    // No script but ours: even if a contact's words became markup, they could do nothing.
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

// ── The page ────────────────────────────────────────────────────────────────────────────────────────────────

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tiny desk</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath d='M2 7h20v3a2 2 0 0 0 0 4v3H2v-3a2 2 0 0 0 0-4z' fill='%230f766e'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<nav aria-label="Tickets">
  <header><h1>Tiny desk</h1><span id="live" role="status">connecting</span></header>
  <ol id="list"></ol>
  <p id="empty">No tickets yet.<br>A chat that asks for a human becomes one.</p>
</nav>
<p id="choose" hidden>Choose a ticket to read and answer it.</p>
<main hidden>
  <header>
    <a id="back" href="#" aria-label="Back to the tickets">‹</a>
    <div><h2 id="subject"></h2><p id="contact"></p></div>
    <div id="controls">
      <label>Status <select id="status"></select></label>
      <label>Assignee <select id="assignee"></select></label>
      <label>Priority <select id="priority"></select></label>
    </div>
    <ul id="tags" aria-label="Tags"></ul>
  </header>
  <ol id="thread" tabindex="0" aria-label="Thread"></ol>
  <form id="form">
    <textarea id="text" rows="3" aria-label="What you write" placeholder="Write to the contact, or a note for colleagues…" maxlength="60000"></textarea>
    <div>
      <label>as <select id="me" aria-label="Write as"></select></label>
      <input id="file" type="file" aria-label="A file">
      <button type="button" id="note">Add note</button>
      <button type="button" id="solve">Solve</button>
      <button id="send">Send answer</button>
    </div>
    <p id="problem" role="alert"></p>
  </form>
</main>
</body>
</html>`;

const STYLE = `
:root { --ground:#f2f4f3; --sheet:#fff; --ink:#17211f; --soft:#56635f; --line:#dbe1df; --accent:#0f766e;
  --on-accent:#fff; --chosen:#e1f0ee; --theirs:#fff; --ours:#dff1ec; --note:#fff3c9; --note-line:#e2c766;
  --bad:#b42318; }
@media (prefers-color-scheme: dark) { :root { --ground:#101615; --sheet:#182120; --ink:#e7eeec; --soft:#9db0ab;
  --line:#2c3836; --accent:#4fc3b5; --on-accent:#06201d; --chosen:#1d3431; --theirs:#232e2c; --ours:#16403a;
  --note:#3b3312; --note-line:#7a6a25; --bad:#ff9a8f; } }
* { box-sizing:border-box; margin:0; }
[hidden] { display:none !important; }
body { display:grid; grid-template-columns:20rem 1fr; height:100dvh; background:var(--ground); color:var(--ink);
  font:15px/1.5 system-ui, sans-serif; }
ol, ul { list-style:none; padding:0; }
a { color:inherit; }
:focus-visible { outline:2px solid var(--accent); outline-offset:2px; }
nav { display:flex; flex-direction:column; min-width:0; border-right:1px solid var(--line); background:var(--sheet); }
nav > header { display:flex; align-items:baseline; justify-content:space-between; gap:1rem; padding:1rem; }
h1 { font-size:1.15rem; } h2 { font-size:1.05rem; overflow-wrap:anywhere; }
#live, #contact, time, .who small { color:var(--soft); font-size:.85rem; }
#list { overflow-y:auto; flex:1; }
#list a { display:grid; grid-template-columns:1fr auto; gap:.1rem .6rem; padding:.75rem 1rem; text-decoration:none;
  border-top:1px solid var(--line); }
#list a:hover, #list a[aria-current] { background:var(--chosen); }
#list strong, #list em { overflow:hidden; text-overflow:ellipsis; white-space:nowrap; }
#list em { font-style:normal; color:var(--soft); font-size:.9rem; }
#list time { justify-self:end; }
#choose { margin:auto; color:var(--soft); }
#empty { padding:3rem 1.5rem; color:var(--soft); text-align:center; position:absolute; top:4rem; width:20rem; }
.pill { justify-self:end; border-radius:1rem; padding:.05rem .6rem; font-size:.8rem; background:var(--ground); white-space:nowrap; }
.pill.new, .pill.open { background:var(--accent); color:var(--on-accent); }
.pill.urgent, .pill.high { background:transparent; color:var(--bad); box-shadow:inset 0 0 0 1px currentColor; }
main { display:flex; flex-direction:column; min-width:0; height:100dvh; }
main > header { display:flex; flex-wrap:wrap; align-items:center; gap:.5rem 1rem; padding:.8rem 1rem;
  background:var(--sheet); border-bottom:1px solid var(--line); }
main > header > div:first-of-type { flex:1 1 12rem; min-width:0; overflow-wrap:anywhere; }
#back { display:none; font-size:1.8rem; line-height:1; padding:.2rem .6rem; text-decoration:none; }
#controls, #tags, #form > div { display:flex; flex-wrap:wrap; gap:.5rem .8rem; align-items:center; }
#tags { flex-basis:100%; } #tags:empty { display:none; }
label { color:var(--soft); font-size:.85rem; }
select, button, textarea, input { font:inherit; color:inherit; border:1px solid var(--line); border-radius:.5rem;
  background:var(--sheet); padding:.35rem .6rem; min-height:2.2rem; max-width:100%; }
select { font-size:.9rem; } input[type=file] { flex:1 1 9rem; min-width:0; border:0; padding:.3rem 0; font-size:.85rem; }
button { cursor:pointer; } #send { background:var(--accent); color:var(--on-accent); border-color:transparent; }
button:disabled { opacity:.5; cursor:default; }
#thread { flex:1; overflow-y:auto; padding:1rem; display:flex; flex-direction:column; gap:.7rem; }
.entry { max-width:min(38rem, 88%); padding:.6rem .85rem; border-radius:.9rem; background:var(--theirs);
  border:1px solid var(--line); }
.entry.contact { align-self:flex-start; }
.entry p { white-space:pre-wrap; overflow-wrap:anywhere; unicode-bidi:plaintext; }
.entry.agent, .entry.bot { align-self:flex-end; background:var(--ours); }
.entry.note { align-self:center; width:min(34rem, 100%); max-width:100%; background:var(--note);
  border:1px dashed var(--note-line); border-radius:.4rem; }
.who { display:flex; flex-wrap:wrap; gap:.2rem .6rem; align-items:baseline; justify-content:space-between; }
.entry a { display:inline-block; margin-top:.3rem; overflow-wrap:anywhere; color:var(--accent); }
#form { padding:.8rem 1rem; background:var(--sheet); border-top:1px solid var(--line); display:grid; gap:.5rem; }
textarea { width:100%; resize:vertical; } #problem:empty { display:none; } #problem { color:var(--bad); }
@media (max-width:720px) {
  body { grid-template-columns:1fr; } body.open nav, body:not(.open) main, #choose { display:none; }
  #back { display:block; } #empty { width:100%; } nav { border:0; } #thread { padding:.7rem; }
  #controls { display:grid; grid-template-columns:repeat(3, 1fr); gap:.4rem; width:100%; } #controls select { width:100%; }
  #text { min-height:3.2rem; } #form > div > * { flex:1 1 auto; } }
`;

/** Runs in the browser. What anybody wrote becomes text nodes, never markup. */
function page() {
  const at = (id) => document.getElementById(id);
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const known = new Map();
  let agents = [];
  let drawn = '';
  const chosen = () => known.get(location.hash.slice(1));
  const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const nameOf = ({ type, name, email }) =>
    name ??
    email ??
    { bridge: 'The bridge', bot: 'Bot', contact: chosen().contact.name ?? 'Contact' }[type] ??
    'Agent';

  function choices(select, pairs, value) {
    if (document.activeElement === select) return;
    select.replaceChildren(...pairs.map(([key, words]) => make('option', { value: key }, words)));
    select.value = value;
  }

  function drawList() {
    const newest = [...known.values()].sort((one, other) => other.changedAt.localeCompare(one.changedAt));
    at('empty').hidden = newest.length > 0;
    at('choose').hidden = newest.length === 0 || chosen() !== undefined;
    at('list').replaceChildren(
      ...newest.map((ticket) => {
        const said = ticket.entries.findLast(({ kind }) => kind === 'message');
        const link = make(
          'a',
          { href: `#${ticket.id}` },
          make('strong', {}, `#${ticket.number} ${ticket.subject}`),
          make('span', { class: `pill ${ticket.status}` }, ticket.status),
          make('em', {}, said?.text || said?.files[0]?.name || ''),
          make('time', {}, clock(ticket.changedAt)),
        );
        if (ticket === chosen()) link.setAttribute('aria-current', 'true');
        return make('li', {}, link);
      }),
    );
  }

  function drawEntry({ kind, author, text, files, at: time, told }) {
    const what = kind === 'note' ? 'note' : author.type;
    const fate = {
      waiting: 'on its way',
      refused: 'refused by the bridge',
      told: kind === 'note' ? undefined : 'sent',
    }[told];
    const after = [kind === 'note' ? 'only agents see this' : undefined, fate].filter(Boolean).join(' · ');
    return make(
      'li',
      { class: `entry ${what}` },
      make(
        'div',
        { class: 'who' },
        make('strong', {}, nameOf(author)),
        make('small', {}, [after, clock(time)].filter(Boolean).join(' · ')),
      ),
      ...(text === '' ? [] : [make('p', {}, text)]),
      ...files.map(({ url, name }) => {
        // Only an address of the web becomes a link.
        const isSafe = /^https?:\/\//iu.test(url);
        return isSafe
          ? make('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, `File: ${name}`)
          : make('p', {}, `File: ${name}`);
      }),
    );
  }

  function assigneeChoices({ assignee }) {
    const pairs = [['', 'nobody'], ...agents.map(({ name, email }) => [email, name])];
    const other = assignee?.agentEmail ?? (assignee?.team === undefined ? '' : `team ${assignee.team}`);
    if (!pairs.some(([key]) => key === other)) pairs.push([other, other]);
    return [pairs, other];
  }

  function drawTicket() {
    const ticket = chosen();
    document.body.classList.toggle('open', ticket !== undefined);
    document.querySelector('main').hidden = ticket === undefined;
    at('choose').hidden = known.size === 0 || ticket !== undefined;
    if (ticket === undefined) return;
    document.title = `#${ticket.number} ${ticket.subject}`;
    at('subject').textContent = `#${ticket.number} ${ticket.subject}`;
    const { name, email, phone } = ticket.contact;
    at('contact').textContent = [name, email, phone].filter(Boolean).join(' · ');
    const words = (list) => list.map((word) => [word, word]);
    choices(at('status'), words(['new', 'open', 'pending', 'solved', 'closed']), ticket.status);
    choices(at('priority'), words(['low', 'normal', 'high', 'urgent']), ticket.priority);
    choices(at('assignee'), ...assigneeChoices(ticket));
    const urgent = ['high', 'urgent'].includes(ticket.priority) ? [ticket.priority] : [];
    at('tags').replaceChildren(
      ...urgent.map((word) => make('li', { class: `pill ${word}` }, word)),
      ...ticket.tags.map((tag) => make('li', { class: 'pill' }, tag)),
    );
    const thread = at('thread');
    const isAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
    thread.replaceChildren(...ticket.entries.map(drawEntry));
    if (isAtEnd || drawn !== ticket.id) thread.scrollTop = thread.scrollHeight;
    drawn = ticket.id;
    at('solve').disabled = ['solved', 'closed'].includes(ticket.status);
  }

  function draw() {
    drawList();
    drawTicket();
  }

  async function ask(path, options) {
    const answer = await fetch(path, options);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    return told;
  }

  const post = (deed, body) =>
    ask(`/tickets/${chosen().id}/${deed}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: at('me').value, ...body }),
    });

  /** Runs one thing the agent does and says why when it was not done; what was written stays then. */
  async function attempt(deed) {
    at('problem').textContent = '';
    at('send').disabled = true;
    try {
      await deed();
    } catch (error) {
      at('problem').textContent = `Not done: ${error.message}`;
    } finally {
      at('send').disabled = false;
    }
  }

  const say = (deed) =>
    attempt(async () => {
      const [file] = at('file').files;
      const text = at('text').value;
      if (text.trim() === '' && file === undefined) return;
      const uploaded =
        file === undefined
          ? []
          : [
              await ask(`/files?name=${encodeURIComponent(file.name)}`, {
                method: 'POST',
                headers: { 'content-type': file.type || 'application/octet-stream' },
                body: file,
              }),
            ];
      await post(deed, { text, files: uploaded.map(({ id }) => id) });
      at('form').reset();
    });

  at('form').addEventListener('submit', (event) => {
    event.preventDefault();
    say('messages');
  });
  at('text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) at('form').requestSubmit();
  });
  at('note').addEventListener('click', () => say('notes'));
  at('solve').addEventListener('click', () => attempt(() => post('change', { status: 'solved' })));
  for (const field of ['status', 'priority']) {
    at(field).addEventListener('change', (event) => {
      const { value } = event.target;
      event.target.blur();
      attempt(() => post('change', { [field]: value }));
    });
  }
  at('assignee').addEventListener('change', (event) => {
    const { value } = event.target;
    event.target.blur();
    if (value.startsWith('team ')) return;
    attempt(() => post('change', { assignee: value === '' ? null : { agentEmail: value } }));
  });

  async function load() {
    const told = await ask('/tickets');
    agents = told.agents;
    known.clear();
    for (const ticket of told.tickets) known.set(ticket.id, ticket);
    if (at('me').children.length === 0)
      choices(
        at('me'),
        agents.map(({ name, email }) => [email, name]),
        agents[0].email,
      );
    draw();
  }

  const events = new EventSource('/events');
  // Also after a break: what was missed is read, then the news go on.
  events.addEventListener('open', () => {
    at('live').textContent = 'live';
    load();
  });
  events.addEventListener('error', () => {
    at('live').textContent = 'reconnecting';
  });
  events.addEventListener('message', ({ data }) => {
    const ticket = JSON.parse(data);
    known.set(ticket.id, ticket);
    draw();
  });
  window.addEventListener('hashchange', draw);
}

// ── Begin and end ───────────────────────────────────────────────────────────────────────────────────────────

let publicUrl = process.env.PUBLIC_URL?.replace(/\/$/u, '') ?? '';

server.on('error', (error) => {
  console.error(`The tiny desk cannot listen: ${error.message}`);
  process.exit(1);
});
server.listen(Number(process.env.PORT ?? 4020), '127.0.0.1', () => {
  if (publicUrl === '') publicUrl = `http://127.0.0.1:${server.address().port}`;
  console.log(`The tiny desk is at ${publicUrl}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
// Started by another program, as the demo does, it ends with that.
if (process.send !== undefined) process.on('disconnect', () => process.exit(0));
