/*
 * The borders between the rooms of the house. A room may import what its line names, and nothing else:
 * `rooms` are its neighbours (a folder of src/, or one file of it), `libraries` the packages it may know.
 * Each library has one room, or one kind of room; `builtins: false` keeps a room out of Node as well.
 */
const port = ['connectors/connector.ts', 'connectors/registry.ts'];

const rooms = {
  domain: { rooms: [], libraries: [], builtins: false },
  contract: { rooms: ['domain'], libraries: ['zod'], builtins: false },
  config: { rooms: [], libraries: ['zod'] },
  telemetry: { rooms: [], libraries: ['winston', 'prom-client'] },
  store: {
    rooms: ['domain'],
    libraries: [
      '@prisma/adapter-pg',
      '@prisma/client',
      '@prisma/driver-adapter-utils',
      '@prisma/schema-engine-wasm',
      '@electric-sql/pglite',
      'pg',
      'pglite-prisma-adapter',
    ],
  },
  wotnot: { rooms: [], libraries: ['zod', 'axios'] },
  access: { rooms: ['domain', 'store'], libraries: [] },
  intake: { rooms: ['domain', 'store', ...port], libraries: [] },
  projection: { rooms: ['domain', 'store'], libraries: [] },
  upkeep: { rooms: ['store'], libraries: [] },
  desk: { rooms: ['domain', 'store', 'access'], libraries: ['file-type'] },
  connections: { rooms: ['domain', 'store', 'access', ...port], libraries: [] },
  delivery: { rooms: ['domain', 'store', ...port], libraries: [] },
  ticketing: { rooms: ['domain', 'store', 'desk', ...port], libraries: [] },
  gateway: { rooms: ['domain', 'contract', 'access', 'desk', 'store'], libraries: ['socket.io'] },
  http: {
    rooms: ['domain', 'contract', 'access', 'desk', 'connections', 'intake'],
    libraries: ['express', 'express-rate-limit', 'helmet', 'busboy'],
  },
  client: { rooms: ['contract'], libraries: ['axios', 'socket.io-client'] },
  sandbox: { rooms: ['wotnot'], libraries: ['express'] },
  // What the sandbox's server shows the page is one type for both.
  'sandbox/visitor-page': {
    rooms: ['sandbox/chat/chat-view.ts'],
    libraries: ['preact', '@preact/signals'],
    builtins: false,
  },
  cli: { rooms: ['app.ts', 'config', 'telemetry', 'client', 'sandbox', 'wotnot'], libraries: ['commander'] },
  'main.ts': { rooms: ['cli', 'app.ts', 'config', 'telemetry', 'client', 'sandbox'], libraries: [] },
};

/** What every connector may know; none knows another vendor, or the store. */
const connectorLibraries = {
  'http-client': ['axios', 'ipaddr.js'],
  vendor: ['zod', 'standardwebhooks', 'htmlparser2'],
};

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const isFile = (room) => /\.tsx?$/.test(room);
const inRoom = (room) => (isFile(room) ? `^src/${escape(room)}$` : `^src/${escape(room)}/`);
const inLibrary = (name) => `(^|/)node_modules/(@types/)?${escape(name)}/`;
const innerRooms = (room) => Object.keys(rooms).filter((other) => other.startsWith(`${room}/`));

function borders(room, { rooms: neighbours, libraries, builtins = true }) {
  const from = { path: inRoom(room), pathNot: innerRooms(room).map(inRoom) };
  const entrances = neighbours.map(inRoom);
  return [
    {
      name: `${room}-neighbours`,
      comment: `src/${room} may import: ${neighbours.join(', ') || 'no other room'}`,
      severity: 'error',
      from,
      to: { path: '^(src|console|test|bench|scripts)/', pathNot: [inRoom(room), ...entrances] },
    },
    ...libraryBorders(room, from, libraries, builtins),
  ];
}

function libraryBorders(room, from, libraries, builtins = true) {
  return [
    {
      name: `${room}-libraries`,
      comment: `src/${room} may use: ${libraries.join(', ') || 'no library'}`,
      severity: 'error',
      from,
      to: {
        dependencyTypesNot: ['core', 'local', 'localmodule', 'undetermined'],
        path: 'node_modules/',
        pathNot: libraries.map(inLibrary),
      },
    },
    ...(builtins
      ? []
      : [
          {
            name: `${room}-builtins`,
            comment: `src/${room} runs in a browser too, or is pure: nothing of Node`,
            severity: 'error',
            from,
            to: { dependencyTypes: ['core'] },
          },
        ]),
  ];
}

const vendor = '^src/connectors/([^/]+)/';
const httpClient = '^src/connectors/http-client(\\.ts$|/|-)';

const connectorBorders = [
  {
    name: 'connector-neighbours',
    comment:
      'a connector may import: domain, the port, the http client, what desks share, and its own folder',
    severity: 'error',
    from: { path: vendor, pathNot: '^src/connectors/(wotnot|http-client|desk-kit)/' },
    to: {
      path: '^(src|console|test|bench|scripts)/',
      pathNot: [
        '^src/domain/',
        '^src/connectors/connector\\.ts$',
        httpClient,
        '^src/connectors/desk-kit/',
        '^src/connectors/$1/',
      ],
    },
  },
  {
    name: 'connector-wotnot-neighbours',
    comment: 'the wotnot connector may also import the wotnot room',
    severity: 'error',
    from: { path: '^src/connectors/wotnot/' },
    to: {
      path: '^(src|console|test|bench|scripts)/',
      pathNot: [
        '^src/domain/',
        '^src/connectors/connector\\.ts$',
        httpClient,
        '^src/connectors/wotnot/',
        '^src/wotnot/index\\.ts$',
      ],
    },
  },
  {
    name: 'connector-port-neighbours',
    comment: 'the port, the registry and the http client know domain and each other, no vendor',
    severity: 'error',
    from: { path: '^src/connectors/([^/]+\\.ts$|(http-client|desk-kit)/)' },
    to: {
      path: '^(src|console|test|bench|scripts)/',
      pathNot: ['^src/domain/', '^src/connectors/[^/]+\\.ts$', '^src/connectors/(http-client|desk-kit)/'],
    },
  },
  ...libraryBorders('connectors', { path: vendor, pathNot: httpClient }, connectorLibraries.vendor),
  ...libraryBorders('connectors-http-client', { path: httpClient }, connectorLibraries['http-client']),
];

const consoleBorders = [
  {
    name: 'console-neighbours',
    comment: 'the console speaks only through src/client and src/contract',
    severity: 'error',
    from: { path: '^console/' },
    to: { path: '^(src|test|bench|scripts)/', pathNot: ['^src/client/', '^src/contract/'] },
  },
  {
    name: 'console-libraries',
    severity: 'error',
    from: { path: '^console/' },
    to: { path: 'node_modules/', pathNot: ['preact', '@preact/signals'].map(inLibrary) },
  },
  {
    name: 'console-builtins',
    severity: 'error',
    from: { path: '^console/' },
    to: { dependencyTypes: ['core'] },
  },
];

const everywhere = [
  {
    name: 'no-cycles',
    comment: 'two files that need each other are one file, or a third is missing',
    severity: 'error',
    from: { path: '^(src|console)/', pathNot: '^src/store/generated/' },
    to: { circular: true },
  },
  {
    name: 'unknown-room',
    comment: 'a folder of src/ without a line in the table above: give it one',
    severity: 'error',
    from: {},
    to: {
      path: '^src/',
      pathNot: ['^src/app(\\.ts$|/)', '^src/connectors/', ...Object.keys(rooms).map(inRoom)],
    },
  },
  {
    name: 'open-scope',
    comment: 'only access, intake and the store make the scope of a workspace; others may name its type',
    severity: 'error',
    from: { path: '^(src|console)/', pathNot: '^src/(access|intake|store)/' },
    to: { path: '^src/store/scope\\.ts$', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'generated-client',
    comment: 'Prisma has one room',
    severity: 'error',
    from: { path: '^(src|console)/', pathNot: '^src/store/' },
    to: { path: '^src/store/generated/' },
  },
  {
    name: 'unresolved',
    comment: 'an import that leads nowhere',
    severity: 'error',
    from: { path: '^(src|console)/' },
    to: { couldNotResolve: true },
  },
  {
    name: 'development-library',
    comment: 'what runs in production may not need a package that is installed for development only',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/sandbox/visitor-page/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
];

module.exports = {
  forbidden: [
    ...Object.entries(rooms).flatMap(([room, rules]) => borders(room, rules)),
    ...connectorBorders,
    ...consoleBorders,
    ...everywhere,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(src|console)/.*(\\.d\\.ts|\\.css)$' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
