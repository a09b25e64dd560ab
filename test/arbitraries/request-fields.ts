import * as fc from 'fast-check'

/** A field that may be absent, null or set: the three forms that clients send. */
export function sometimes<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: value },
  )
}

/** Removes absent keys at every depth, as JSON does. */
export function asJson<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return value.map((body) => JSON.parse(JSON.stringify(body)))
}

export const word = fc.stringMatching(/^[a-z]{1,8}$/)
export const identifier = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
export const text = fc.string({ unit: 'binary', maxLength: 40 })
const slug = fc.tuple(word, word).map(([author, name]) => `${author}/${name}`)
const flag = sometimes(fc.boolean())
const within = (min: number, max: number) => sometimes(fc.double({ min, max, noNaN: true }))
const count = (min: number, max: number) => sometimes(fc.integer({ min, max }))

export const reasoningEffort = fc.constantFrom('max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none')
export const cacheControl = fc.record({
  type: fc.constant('ephemeral' as const),
  ttl: sometimes(fc.constantFrom('5m', '1h')),
})

const reasoning = fc.record({
  summary: sometimes(fc.constantFrom('auto', 'concise', 'detailed')),
  exclude: flag,
  enabled: flag,
  context: sometimes(fc.constantFrom('auto', 'all_turns', 'current_turn')),
  mode: sometimes(fc.constantFrom('standard', 'pro')),
})

/** Effort and budget exclude each other, and the shorthand must have the value of the object. */
export const reasoningFields = fc.oneof(
  fc.record({ reasoning_effort: sometimes(reasoningEffort), reasoning: sometimes(reasoning) }),
  fc
    .tuple(reasoning, reasoningEffort)
    .map(([rest, effort]) => ({ reasoning: { ...rest, effort }, reasoning_effort: effort })),
  fc.tuple(reasoning, fc.nat(32_000)).map(([rest, budget]) => ({ reasoning: { ...rest, max_tokens: budget } })),
)

const plugin = fc.oneof(
  fc.record({
    id: fc.constant('web' as const),
    enabled: flag,
    engine: sometimes(fc.constantFrom('native', 'exa', 'firecrawl', 'parallel', 'perplexity')),
    max_results: count(1, 25),
    include_domains: sometimes(fc.array(fc.domain(), { maxLength: 3 })),
  }),
  fc.record({
    id: fc.constant('file-parser' as const),
    enabled: flag,
    pdf: sometimes(
      fc.record({ engine: sometimes(fc.constantFrom('mistral-ocr', 'cloudflare-ai', 'native', 'pdf-text')) }),
    ),
  }),
  fc.record({ id: fc.constantFrom('response-healing', 'context-compression', 'moderation'), enabled: flag }),
  fc.record({
    id: fc.constant('auto-router' as const),
    allowed_models: sometimes(fc.array(slug, { maxLength: 3 })),
    cost_tier: sometimes(fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max')),
    cost_quality_tradeoff: count(0, 10),
    pin_model: flag,
  }),
)

const sortKey = fc.constantFrom('price', 'throughput', 'latency', 'exacto')
const price = sometimes(
  fc.oneof(fc.double({ min: 0, max: 1000, noNaN: true }), fc.constantFrom('0', '0.5', '12', '1e-6')),
)
const threshold = sometimes(
  fc.oneof(
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.record({ p50: within(0, 9), p75: within(0, 9), p90: within(0, 9), p99: within(0, 9) }),
  ),
)
const providers = sometimes(
  fc.array(fc.oneof(word, fc.constantFrom('Amazon Bedrock', 'google-vertex/us-east5')), { maxLength: 3 }),
)

const providerPreferences = fc.record({
  order: providers,
  only: providers,
  ignore: providers,
  allow_fallbacks: flag,
  require_parameters: flag,
  data_collection: sometimes(fc.constantFrom('allow', 'deny')),
  zdr: flag,
  enforce_distillable_text: flag,
  quantizations: sometimes(
    fc.array(fc.constantFrom('int4', 'int8', 'fp4', 'fp8', 'fp16', 'bf16', 'fp32', 'unknown'), { maxLength: 3 }),
  ),
  sort: sometimes(
    fc.oneof(sortKey, fc.record({ by: sometimes(sortKey), partition: sometimes(fc.constantFrom('model', 'none')) })),
  ),
  max_price: sometimes(fc.record({ prompt: price, completion: price, request: price, image: price, audio: price })),
  preferred_min_throughput: threshold,
  preferred_max_latency: threshold,
})

/** The fields that chat and completions share: those for the gateway, and those for sampling. */
export const sharedFields = {
  model: sometimes(slug),
  models: sometimes(fc.array(slug, { maxLength: 3 })),
  route: sometimes(fc.constantFrom('fallback', 'sort')),
  provider: sometimes(providerPreferences),
  plugins: sometimes(fc.array(plugin, { maxLength: 2 })),
  transforms: sometimes(fc.array(fc.constant('middle-out' as const), { maxLength: 1 })),
  stream: flag,
  stream_options: sometimes(fc.record({ include_usage: flag })),
  session_id: sometimes(fc.string({ maxLength: 256 })),
  user: sometimes(text),
  metadata: sometimes(fc.dictionary(fc.string({ maxLength: 64 }), fc.string({ maxLength: 512 }), { maxKeys: 16 })),
  trace: sometimes(
    fc.record({ trace_id: sometimes(word), span_name: sometimes(text), customer: fc.jsonValue({ maxDepth: 1 }) }),
  ),
  service_tier: sometimes(fc.constantFrom('auto', 'default', 'flex', 'priority', 'scale', 'fast', 'ultrafast')),
  temperature: within(0, 2),
  top_p: within(0, 1),
  top_k: count(0, 200),
  min_p: within(0, 1),
  top_a: within(0, 1),
  frequency_penalty: within(-2, 2),
  presence_penalty: within(-2, 2),
  repetition_penalty: within(0, 2),
  logit_bias: sometimes(
    fc.dictionary(fc.stringMatching(/^\d{1,6}$/), fc.integer({ min: -100, max: 100 }), { maxKeys: 3 }),
  ),
  seed: sometimes(fc.integer()),
  stop: sometimes(fc.oneof(text, fc.array(text, { maxLength: 4 }))),
}

export const responseFormat = fc.oneof(
  fc.record({ type: fc.constantFrom('text', 'json_object', 'python') }),
  fc.record({ type: fc.constant('grammar' as const), grammar: text }),
  fc.record({
    type: fc.constant('json_schema' as const),
    json_schema: fc.record({
      name: identifier,
      description: sometimes(text),
      schema: sometimes(fc.constant({ type: 'object', properties: {} })),
      strict: flag,
    }),
  }),
)
