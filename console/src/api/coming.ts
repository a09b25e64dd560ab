/** The operations of docs/operator-api.md that the gateway does not serve yet. Each leaves this list when its route is there. */
type Count = number | null

interface Row {
  readonly id: string
  readonly created_at: string
  readonly operation: string
  readonly requested_model: string
  readonly model: string
  readonly provider: string | null
  readonly provider_name: string | null
  readonly status: number
  readonly error: string | null
  readonly finish_reason: string | null
  readonly streamed: boolean
  readonly cancelled: boolean
  readonly is_byok: boolean
  readonly cached: boolean
  readonly cost: number
  readonly tokens_prompt: Count
  readonly tokens_completion: Count
  readonly tokens_reasoning: Count
  readonly tokens_cached: Count
  readonly latency: number | null
  readonly generation_time: number
  readonly key: { readonly hash: string; readonly name: string | null }
  readonly user: string | null
  readonly session_id: string | null
  readonly app: string | null
}

interface Candidate {
  readonly place: number | null
  readonly model: string
  readonly provider: string
  readonly endpoint: string
  readonly byok_key: string | null
  readonly prompt_price: number
  readonly completion_price: number
  readonly estimated_cost: number
  readonly excluded_by: { readonly rule: string; readonly field: string; readonly detail: string } | null
  readonly first_pick_share: number | null
  readonly condition: 'stable' | 'down' | 'probe-due' | 'probing'
  readonly rate_limited: boolean
  readonly uptime_class: 'unknown' | 'normal' | 'lower' | 'last'
  readonly latency_p50: number | null
  readonly throughput_p50: number | null
  readonly sticky: boolean
}

interface Route {
  readonly requested: string
  readonly strategy: string
  readonly models: readonly string[]
  readonly router: { readonly name: string; readonly summary?: string } | null
  readonly ranked_by: readonly (readonly string[])[]
  readonly candidates: readonly Candidate[]
  readonly error: { readonly code: number; readonly message: string } | null
}

interface Detail extends Row {
  readonly request_id: string
  readonly upstream_id: string | null
  readonly endpoint: string | null
  readonly service_tier: string | null
  readonly native_finish_reason: string | null
  readonly user_agent: string | null
  readonly referer: string | null
  readonly title: string | null
  readonly metadata: object | null
  readonly trace: object | null
  readonly response_cache_source_id: string | null
  readonly usage: {
    readonly prompt_tokens: Count
    readonly completion_tokens: Count
    readonly reasoning_tokens: Count
    readonly cached_tokens: Count
    readonly cache_write_tokens: Count
    readonly image_tokens: Count
  }
  readonly costs: readonly {
    readonly part: string
    readonly amount: number
    readonly source: string
    readonly detail: string | null
  }[]
  readonly upstream_cost: number
  readonly attempts: readonly {
    readonly sequence: number
    readonly provider: string
    readonly provider_name: string
    readonly endpoint: string
    readonly model: string
    readonly kind: 'first' | 'retry' | 'hedge' | 'rescue'
    readonly tier: string
    readonly tool: string | null
    readonly depth: number
    readonly status: number
    readonly error: string | null
    readonly upstream_id: string | null
    readonly started_after: number | null
    readonly latency: number
    readonly cost: number
    readonly may_bill_more: boolean
    readonly is_byok: boolean
  }[]
  readonly route: Route | null
  readonly pipeline: readonly object[] | null
  readonly tools: readonly {
    readonly source: string
    readonly engine: string
    readonly unit: string
    readonly units: number
    readonly results: number | null
    readonly amount: number
  }[]
  readonly feedback: readonly {
    readonly category: string
    readonly comment: string | null
    readonly created_at: string
  }[]
  readonly content: {
    readonly logged: boolean
    readonly input: object | null
    readonly output: object | null
    readonly error: object | null
  }
}

interface Percentiles {
  readonly samples: number
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
}

interface Endpoint {
  readonly model: string
  readonly model_name: string
  readonly tag: string
  readonly provider: string
  readonly provider_name: string
  readonly upstream_model: string
  readonly operations: readonly string[]
  readonly context_length: number
  readonly max_completion_tokens: number | null
  readonly quantization: string | null
  readonly tier: string
  readonly pricing: Readonly<Record<string, string>>
  readonly supported_parameters: readonly string[]
  readonly health: {
    readonly condition: 'stable' | 'down' | 'probe-due' | 'probing'
    readonly uptime_last_5m: number | null
    readonly uptime_last_30m: number | null
    readonly uptime_last_1d: number | null
    readonly latency_last_30m: Percentiles | null
    readonly throughput_last_30m: Percentiles | null
    readonly rate_limited: boolean
  }
  readonly credentials: {
    readonly state: 'present' | 'missing' | 'none-needed'
    readonly count: number
    readonly benched: number
  }
}

interface Provider {
  readonly slug: string
  readonly name: string
  readonly state: 'offered' | 'unreachable' | 'no-credentials' | 'unset'
  readonly reason: string
  readonly configured: boolean
  readonly models: number
}

type Source =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly line: number }
  | { readonly from: 'environment'; readonly variable: string; readonly line: number | null }
  | { readonly from: 'command-line' }

interface Check {
  readonly data: {
    readonly state: 'running' | 'done' | 'failed'
    readonly started_at: string
    readonly finished_at: string | null
    readonly in_order: boolean | null
    readonly failure: string | null
    readonly generations: Count
    readonly attempts: Count
    readonly fees: Count
    readonly credits: Count
    readonly mistakes: readonly { readonly kind: string; readonly count: number; readonly first: readonly string[] }[]
  } | null
}

interface Operation<ReplyBody, Query = object, RequestBody = undefined, Path = object> {
  readonly path: Path
  readonly query: Query
  readonly body: RequestBody
  readonly reply: ReplyBody
}

interface GenerationsQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly model?: string
  readonly provider?: string
  readonly key?: string
  readonly user?: string
  readonly session?: string
  readonly app?: string
  readonly operation?: string
  readonly failed?: 'true'
  readonly min_cost?: number
  readonly since?: string
  readonly until?: string
}

interface AnalyticsQuestion {
  readonly metrics: string[]
  readonly dimensions?: string[]
  readonly granularity?: 'minute' | 'hour' | 'day' | 'week' | 'month'
  readonly time_range?: { readonly start: string; readonly end: string }
  readonly order_by?: { readonly field: string; readonly direction: 'asc' | 'desc' }
  readonly limit?: number
}

export interface ComingOperations {
  'GET /waygate/generations': Operation<
    { readonly data: readonly Row[]; readonly next_cursor: string | null; readonly searched_until: string | null },
    GenerationsQuery
  >
  'GET /waygate/generations/{id}': Operation<{ readonly data: Detail }, object, undefined, { readonly id: string }>
  'POST /waygate/generations/{id}/route': Operation<{ readonly data: Route }, object, object, { readonly id: string }>
  'GET /waygate/endpoints': Operation<{ readonly data: readonly Endpoint[]; readonly providers: readonly Provider[] }>
  'POST /waygate/endpoints/test': Operation<
    {
      readonly data: {
        readonly ok: boolean
        readonly generation_id: string
        readonly status: number
        readonly error: string | null
        readonly text: string | null
        readonly latency: number | null
        readonly generation_time: number
        readonly cost: number
      }
    },
    object,
    { readonly model: string; readonly endpoint: string }
  >
  'GET /waygate/status': Operation<{
    readonly data: {
      readonly version: string
      readonly started_at: string
      readonly uptime_seconds: number
      readonly node_id: string
      readonly node_version: string
      readonly database: { readonly kind: string; readonly url: string; readonly reachable: boolean }
      readonly journal: { readonly waiting: number; readonly full: boolean }
      readonly shared_state: { readonly kind: string; readonly connected: boolean }
      readonly memory: { readonly rss_bytes: number; readonly heap_used_bytes: number }
      readonly readiness: string
    }
  }>
  'GET /waygate/configuration': Operation<{
    readonly data: {
      readonly file: string | null
      readonly values: readonly { readonly path: string; readonly value: unknown; readonly source: Source }[]
    }
  }>
  'POST /waygate/configuration/reload': Operation<{
    readonly data: {
      readonly outcome: 'reloaded' | 'unchanged' | 'refused'
      readonly changed: readonly string[]
      readonly problems: readonly string[]
    }
  }>
  'GET /waygate/ledger/verify': Operation<Check>
  'POST /waygate/ledger/verify': Operation<Check>
  'GET /waygate/accounts': Operation<{
    readonly data: readonly {
      readonly name: string
      readonly keys: number
      readonly disabled_keys: number
      readonly management_keys: number
      readonly usage: number
      readonly usage_daily: number
      readonly usage_weekly: number
      readonly usage_monthly: number
      readonly last_used_at: string | null
      readonly credits: { readonly total: number; readonly remaining: number } | null
      readonly log_content: boolean
    }[]
  }>
  'POST /analytics/query': Operation<
    { readonly data: { readonly data: readonly Readonly<Record<string, unknown>>[] } },
    object,
    AnalyticsQuestion
  >
}
