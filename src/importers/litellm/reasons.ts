/** Why settings of LiteLLM are left out, by their key. */
const reasons: Readonly<Record<string, string>> = {
  rpm: 'left out: the gateway learns the limits of providers from their answers. `keys[].requests_per_minute` limits a key.',
  tpm: 'left out: the gateway learns the limits of providers from their answers. `keys[].tokens_per_minute` limits a key.',
  order:
    'the endpoints are in this order, but it decides only among equals. A request that needs it sends `provider.order`.',
  weight: 'left out: the cheaper endpoint is drawn more often, or a request sets `provider.order`.',
  tags: 'left out: requests choose endpoints with `provider.only`, `order` and `ignore`.',
  num_retries: 'not needed: what is called again, and when, follows from the kind of failure; see docs/routing.md.',
  max_retries: 'not needed: what is called again, and when, follows from the kind of failure; see docs/routing.md.',
  retry_policy: 'not needed: what is called again, and when, follows from the kind of failure; see docs/routing.md.',
  retry_after: 'not needed: what is called again, and when, follows from the kind of failure; see docs/routing.md.',
  allowed_fails:
    'not needed: one failure puts an endpoint behind the others, and probes bring it back; see docs/routing.md.',
  allowed_fails_policy:
    'not needed: one failure puts an endpoint behind the others, and probes bring it back; see docs/routing.md.',
  enable_pre_call_checks: 'not needed: endpoints whose window is too small are always left out.',
  drop_params:
    'not needed: an endpoint never gets a parameter that it refuses, and with `provider.require_parameters` it is not called.',
  modify_params: 'not needed: conversations are always put in the order that a model demands.',
  organization: 'left out: the key of a project decides the organisation.',
  extra_headers: 'left out: no headers of your own are sent to providers.',
  temperature: 'left out: defaults of requests stand in presets; see docs/presets.md.',
  top_p: 'left out: defaults of requests stand in presets; see docs/presets.md.',
  seed: 'left out: defaults of requests stand in presets; see docs/presets.md.',
  max_tokens: 'left out: defaults of requests stand in presets; see docs/presets.md.',
  timeout: 'left out: time limits hold for all models; see `timeouts`.',
  stream_timeout: 'left out: time limits hold for all models; see `timeouts`.',
  success_callback: 'left out: metrics, traces and broadcast are configured under `telemetry` and `broadcast`.',
  failure_callback: 'left out: metrics, traces and broadcast are configured under `telemetry` and `broadcast`.',
  callbacks: 'left out: metrics, traces and broadcast are configured under `telemetry` and `broadcast`.',
  service_callbacks: 'left out: metrics, traces and broadcast are configured under `telemetry` and `broadcast`.',
  cache: 'not needed: answers are cached for clients that ask for it; see docs/response-cache.md.',
  cache_params:
    'left out: answers are cached in memory, or in the Redis of `storage.redis_url`; see docs/response-cache.md.',
  set_verbose: 'left out: see `log.level`.',
  json_logs: 'left out: see `log.format`.',
  database_url:
    'left out: Waygate needs a database of its own, since LiteLLM’s migrations may delete tables that they do not know. Set `storage.url`. Keys and spending stay behind: make keys anew.',
  store_model_in_db: 'left out: models that are in LiteLLM’s database are not in this file. Add them under `models`.',
  environment_variables: 'left out: set them where the process is started.',
  include: 'left out: import each of these files by itself.',
  guardrails: 'left out: see the plugin `moderation` in docs/plugins.md.',
  alerting: 'left out: alert on the metrics of `/metrics`.',
}

/** Returns why a setting is left out; null for one that is not known. */
export const reasonOf = (key: string): string | null => reasons[key] ?? null
