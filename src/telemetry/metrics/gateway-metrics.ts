import { Counter, Gauge, Histogram } from './metric.ts'

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
const generationSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600]
const firstTokenSeconds = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 30, 60]
const tokensPerSecond = [5, 10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000]

/** The metrics of one gateway. docs/telemetry.md lists them from here. */
export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>

/** Creates the metrics of a gateway, with nothing counted. */
export const createGatewayMetrics = () => ({
  requests: new Counter({
    name: 'waygate_http_requests_total',
    help: 'Requests that were answered, or whose client left. The route is the address as documented, with its variable parts in braces.',
    labels: ['method', 'route', 'status'],
  }),
  requestSeconds: new Histogram({
    name: 'waygate_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its reply.',
    labels: ['method', 'route'],
    bounds: requestSeconds,
  }),
  running: new Gauge({
    name: 'waygate_http_requests_running',
    help: 'Requests that are being answered.',
    labels: [],
  }),
  generations: new Counter({
    name: 'waygate_generations_total',
    help: 'Generations that ended. The outcome is ok, cancelled, or the kind of the error.',
    labels: ['operation', 'model', 'provider', 'outcome'],
  }),
  generationSeconds: new Histogram({
    name: 'waygate_generation_duration_seconds',
    help: 'Time from the arrival of a request to the end of its generation, where an endpoint answered.',
    labels: ['model', 'provider'],
    bounds: generationSeconds,
  }),
  firstTokenSeconds: new Histogram({
    name: 'waygate_time_to_first_token_seconds',
    help: 'Time from the arrival of a request to the first content of its answer.',
    labels: ['model', 'provider'],
    bounds: firstTokenSeconds,
  }),
  throughput: new Histogram({
    name: 'waygate_output_tokens_per_second',
    help: 'Tokens of an answer, divided by the time of its generation.',
    labels: ['model', 'provider'],
    bounds: tokensPerSecond,
  }),
  tokens: new Counter({
    name: 'waygate_tokens_total',
    help: 'Tokens of prompts and answers. Of type prompt are also cached and cache_write tokens, of type completion also reasoning tokens.',
    labels: ['model', 'provider', 'type'],
  }),
  cost: new Counter({
    name: 'waygate_cost_usd_total',
    help: 'What keys were charged, with the fees of plugins and tools.',
    labels: ['model', 'provider'],
  }),
  providerCost: new Counter({
    name: 'waygate_provider_cost_usd_total',
    help: 'What the calls cost at the prices of the catalogue, failed and abandoned ones too. With a key that an account brought it is nothing.',
    labels: ['model', 'provider'],
  }),
  fees: new Counter({
    name: 'waygate_fees_usd_total',
    help: 'Fees of plugins and server tools. They are part of the cost.',
    labels: ['source', 'engine'],
  }),
  cacheHits: new Counter({
    name: 'waygate_response_cache_hits_total',
    help: 'Generations that the response cache answered.',
    labels: ['model'],
  }),
  attempts: new Counter({
    name: 'waygate_attempts_total',
    help: 'Calls to endpoints. The kind is first, retry, hedge or rescue. The outcome is ok, abandoned, cancelled (another call answered first), or the kind of the error.',
    labels: ['provider', 'model', 'kind', 'outcome'],
  }),
  attemptSeconds: new Histogram({
    name: 'waygate_attempt_duration_seconds',
    help: 'Time of a call until its first content or its failure.',
    labels: ['provider', 'model'],
    bounds: firstTokenSeconds,
  }),
  refusedCredentials: new Counter({
    name: 'waygate_credentials_refused_total',
    help: 'Refusals of credentials by providers. A credential that is refused again while it is benched counts once.',
    labels: ['provider'],
  }),
  endpointUp: new Gauge({
    name: 'waygate_endpoint_up',
    help: '1 while calls to an endpoint succeed, 0 while it is avoided after a failure. Endpoints that were never called are left out.',
    labels: ['endpoint', 'provider', 'model'],
  }),
  endpointLimited: new Gauge({
    name: 'waygate_endpoint_rate_limited',
    help: '1 while an endpoint has asked to wait, else 0.',
    labels: ['endpoint', 'provider', 'model'],
  }),
  benches: new Gauge({
    name: 'waygate_credentials_benched',
    help: 'Credentials of the operator that are not used at an endpoint for now, because they were refused or rate limited.',
    labels: ['endpoint', 'provider', 'model'],
  }),
  journalRecords: new Gauge({
    name: 'waygate_journal_records',
    help: 'Records in the journal that are not in the database yet.',
    labels: [],
  }),
  journalBlocked: new Gauge({
    name: 'waygate_journal_blocked',
    help: '1 while generations are refused because the journal cannot be written, else 0.',
    labels: [],
  }),
  queued: new Gauge({
    name: 'waygate_telemetry_queued',
    help: 'What waits to be written or sent in the background, by what it is.',
    labels: ['what'],
  }),
  dropped: new Counter({
    name: 'waygate_telemetry_dropped_total',
    help: 'What was dropped because it could not be written or sent in time. The ledger never drops anything.',
    labels: ['what'],
  }),
  failures: new Counter({
    name: 'waygate_unexpected_failures_total',
    help: 'Faults of the gateway itself, which clients see as a plain 500.',
    labels: [],
  }),
  reloads: new Counter({
    name: 'waygate_configuration_reloads_total',
    help: 'Readings of the configuration while the gateway runs: reloaded, unchanged or refused.',
    labels: ['outcome'],
  }),
  sharing: new Gauge({
    name: 'waygate_redis_connected',
    help: '1 while this node shares what it learns through Redis, else 0. Absent where no Redis is configured.',
    labels: [],
  }),
  overflows: new Gauge({
    name: 'waygate_metric_overflows',
    help: 'Observations that were counted under other, or left out, because a metric has too many label sets.',
    labels: ['metric'],
  }),
  // The names below are those that the clients of Prometheus have for every process and for Node.
  cpuSeconds: new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, of its threads too.',
    labels: [],
  }),
  residentBytes: new Gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory.', labels: [] }),
  startedAt: new Gauge({ name: 'process_start_time_seconds', help: 'Start of the process, in Unix time.', labels: [] }),
  openFiles: new Gauge({ name: 'process_open_fds', help: 'Open file descriptors.', labels: [] }),
  heapBytes: new Gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'JavaScript heap in use.',
    labels: [],
  }),
  externalBytes: new Gauge({
    name: 'nodejs_external_memory_bytes',
    help: 'Memory outside the JavaScript heap.',
    labels: [],
  }),
  loopLag: new Gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late timers ran, since the metrics were last read: mean, p50, p90, p99 and max.',
    labels: ['statistic'],
  }),
  loopUtilization: new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'The share of time, since the metrics were last read, in which the event loop was busy.',
    labels: [],
  }),
})
