/** The values that apply where the file sets none. The schema shows them in editors, and `build-config.ts` fills them in. */
export const defaults = {
  server: { host: '127.0.0.1', port: 8402, keep_alive_ms: 75_000 },
  storage: { url: 'sqlite:./.waygate/waygate.db', journal: './.waygate/journal', durability: 'process', retention_days: 90, retention_mb: null },
  secrets: { key_file: './.waygate/secret.key' },
  log: { level: 'info', format: 'auto' },
  account: 'default',
  discovery: true,
  bare_names: true,
  protocol: 'chat-completions',
  tier: 'default',
  hedge: { at: 'p95', budget: 0.05 },
  timeouts: { connect_ms: 5000, first_token_ms: 60_000, idle_ms: 30_000, total_ms: 600_000 },
  stream_rescue: 'off',
  keepalive_ms: 15_000,
  routing: { seed: null, outage_window_s: 30, probe_interval_s: 10, sticky_ttl_s: 600 },
  limits: { body_mb: 64, json_depth: 128, frame_mb: 32, calls_per_request: 16 },
  fetch: { allow: [] },
} as const
