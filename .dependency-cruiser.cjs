/** One row per room: what it may import besides itself. The table IS the architecture. */
const may = {
  util: [],
  simulator: ['util'],
  secrets: ['util'],
  canonical: ['util'],
  // The types of what it configures, and the table of price kinds that its schema follows from.
  config: [
    'attempts/hedges',
    'auth/bootstrap-key',
    'catalog/catalog-entry',
    'catalog/endpoint',
    'catalog/price-kinds',
    'health/outage',
    'ledger/byok-fees',
    'ledger/journal/write-bytes',
    'plugins',
    'ledger/free-model-limits',
    'protocols/protocol',
    'router/resolve/router-models/router-model',
    'secrets/installation-key',
    // The sections of the engines follow from their data.
    'server-tools/engines',
    'storage/stores/retention',
    'telemetry/logger',
    'telemetry/broadcast',
    'telemetry/tracing/tracing',
    'upstream/call-deadline',
    'canonical',
    'util',
  ],
  // The shapes of plugins' settings and server tools' parameters are declared in the leaves (docs/decisions/0013).
  protocols: ['catalog/endpoint', 'catalog/template', 'plugins', 'server-tools', 'canonical', 'util'],
  catalog: ['canonical', 'util'],
  storage: ['canonical', 'util'],
  providers: [
    'protocols/protocol',
    'upstream/sign',
    'upstream/upstream-provider',
    'catalog/endpoint',
    'catalog/offered-provider',
    'canonical',
    'util',
  ],
  health: ['catalog', 'storage/stores/shared-state', 'canonical', 'util'],
  upstream: ['protocols', 'catalog/endpoint', 'health/candidate', 'canonical', 'util'],
  auth: ['storage/stores', 'secrets', 'canonical', 'util'],
  ledger: ['storage/stores', 'catalog', 'canonical', 'util'],
  router: ['health', 'catalog', 'storage/stores', 'canonical', 'util'],
  attempts: ['router/route', 'router/resolve', 'health', 'catalog', 'canonical', 'util'],
  documents: ['canonical', 'util'],
  plugins: ['canonical', 'util'],
  'server-tools': ['canonical', 'util'],
  guardrails: ['storage/stores/preset-store', 'canonical', 'util'],
  'response-cache': ['storage/stores/shared-state', 'canonical', 'util'],
  offerings: [
    'catalog',
    'config',
    'providers/native-tools',
    'providers/services',
    'providers/provider',
    'health/candidate',
    'upstream/sign',
    'upstream/upstream-provider',
    'upstream/probe-local-server',
    'simulator',
    'protocols/protocol',
    'canonical',
    'util',
  ],
  http: [
    'generate',
    'protocols',
    'auth',
    'guardrails/open-presets',
    'ledger',
    'catalog',
    'router/route',
    'router/explain-route',
    'health/endpoint-health',
    'storage/stores',
    'telemetry/metrics',
    'telemetry/broadcast/filter-rules-schema',
    'telemetry/destinations',
    'canonical',
    'util',
  ],
  telemetry: ['storage/stores', 'secrets', 'canonical', 'util'],
  chaos: ['gateway', 'config/config', 'catalog', 'simulator', 'canonical', 'util'],
  importers: ['catalog', 'util'],
  cli: [
    'gateway',
    'main',
    'chaos',
    'importers',
    'catalog/load-entries',
    'config',
    'secrets',
    'ledger',
    'canonical/money',
    'canonical/principal',
    'router/explain-route',
    'catalog/model',
    'simulator',
    'storage/stores',
    'util',
  ],
}

/** Helpers of the tests in a room look wherever the tests do. */
const testing = '^src/[^/]+/testing/'

const rooms = Object.entries(may).map(([room, list]) => ({
  name: `room-${room}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: testing },
  to: { path: '^src/', pathNot: [room, ...list].map((path) => `^src/${path}(/|\\.ts$)`) },
}))

/** Leaves never import their siblings; only the contract beside them. */
const leaves = [
  ['providers', 'provider'],
  ['plugins', 'plugin'],
  ['server-tools', 'server-tool'],
  ['server-tools/engines', 'engine'],
  ['ledger/reconcile', 'export-format'],
  ['telemetry/broadcast', 'destination'],
].map(([room, contract]) => ({
  name: `leaf-${room}`,
  severity: 'error',
  from: {
    path: `^src/${room}/[^/]+\\.ts$`,
    pathNot: `^src/${room}/(_registry|run-plugins|tool-loop|parameters|native-tools|services|broadcaster|filter-rules|filter-rules-schema|trace-of-generation|${contract})\\.ts$`,
  },
  to: { path: `^src/${room}/`, pathNot: `^src/${room}/(parameters|native-tools|services|${contract})\\.ts$` },
}))

/** A leaf that is a folder: its files import one another, and the contract. */
const leafFolders = {
  name: 'leaf-folder-plugins',
  severity: 'error',
  from: { path: '^src/plugins/([^/]+)/' },
  to: { path: '^src/plugins/', pathNot: ['^src/plugins/$1/', '^src/plugins/plugin\\.ts$'] },
}

/** What siblings share: the shelves of the protocols; the contract of the filters and of the rankers. */
const shared = {
  protocols: '^src/protocols/(protocol\\.ts$|schema/|gateway-fields/|vendors/|openai/)',
  'router/filters': '^src/router/filters/filter\\.ts$',
  'router/rankers': '^src/router/rankers/ranker\\.ts$',
  'http/routes': null,
  'http/hooks': null,
}
/** Who may use what only OpenAI's languages share. */
const openAiFamily = 'openai|chat-completions|completions|responses|embeddings|images|transcription'
const siblings = Object.entries(shared).map(([folder, files]) => ({
  name: `sibling-${folder}`,
  severity: 'error',
  from: { path: `^src/${folder}/([^/]+?)(?:\\.ts$|/)`, pathNot: '^src/protocols/protocol\\.ts$' },
  to: { path: `^src/${folder}/`, pathNot: [`^src/${folder}/$1(/|\\.ts$)`, ...(files === null ? [] : [files])] },
}))

const only = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: [from, testing] },
  to: { path: to },
})
/** Implementations that only the composition root picks: registries, the halves of each protocol, databases. */
const wired =
  '((?<!plugins/|server-tools/)_registry\\.ts$|^src/protocols/[^/]+/(client|upstream)\\.ts$|^src/storage/(sql|shared-state|migrations)/)'

module.exports = {
  forbidden: [
    ...rooms,
    ...leaves,
    leafFolders,
    ...siblings,
    {
      name: 'protocol-joins-quirks',
      severity: 'error',
      from: { path: '^src/protocols/protocol\\.ts$' },
      to: { path: '^src/protocols/', pathNot: '/quirks\\.ts$' },
    },
    {
      name: 'shelf-openai',
      severity: 'error',
      from: { path: '^src/protocols/', pathNot: `^src/protocols/(${openAiFamily})/` },
      to: { path: '^src/protocols/openai/' },
    },
    {
      name: 'shelf-vendors',
      severity: 'error',
      from: { path: '^src/protocols/vendors/' },
      to: { path: '^src/protocols/', pathNot: '^src/protocols/(vendors/|protocol\\.ts$)' },
    },
    {
      name: 'shelf-gateway-fields',
      severity: 'error',
      from: { path: '^src/protocols/gateway-fields/' },
      to: { path: '^src/protocols/', pathNot: '^src/protocols/(gateway-fields/|schema/|protocol\\.ts$)' },
    },
    {
      name: 'generate-reads-top-to-bottom',
      severity: 'error',
      from: { path: '^src/generate\\.ts$' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(canonical|ledger|util|router/resolve|secrets|response-cache|guardrails)/|^src/turn\\.ts$',
          '^src/(plugins/run-plugins|server-tools/tool-loop)\\.ts$',
        ],
      },
    },
    {
      name: 'a-turn-routes-reserves-attempts-and-bills',
      severity: 'error',
      from: { path: '^src/turn\\.ts$' },
      to: {
        path: '^src/',
        pathNot: ['^src/(router|attempts|ledger|canonical|util)/', '^src/(catalog/endpoint|health/candidate)\\.ts$'],
      },
    },
    {
      name: 'main-only-boots',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(gateway\\.ts$|config/)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only(
      'only-gateway-wires',
      '^src/(gateway\\.ts$|wiring/|storage/|config/([^/]+-(search|broadcast)|schema/(search|broadcast)-schema)\\.ts$)',
      wired,
    ),
    only('only-gateway-knows-wiring', '^src/(gateway\\.ts$|wiring/)', '^src/wiring/'),
    // gateway.ts makes the server that http/ speaks through
    only('only-upstream-knows-undici', '^src/upstream/', 'node_modules/undici'),
    only('only-documents-knows-parsers', '^src/documents/', 'node_modules/(htmlparser2|unpdf)'),
    only('only-storage-knows-databases', '^src/storage/', '^(node:)?sqlite$|node_modules/(kysely|pg|@redis)'),
    only('only-tests-know-tests', testing, `^test/|${testing}|^src/simulator/test-client\\.ts$`),
  ],
  // Tests may look anywhere. TypeScript 7 has no classic API: without the swc parser no module is seen and everything passes.
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
  },
}
