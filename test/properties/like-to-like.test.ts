import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { innocentJson } from '../arbitraries/innocent-json.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatRequest } from '../arbitraries/chat-request.ts'
import { asJson, sometimes } from '../arbitraries/request-fields.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

type Json = Readonly<Record<string, unknown>>
type Messages = readonly Json[]

/** The fields that the two kinds of upstream accept, from the contract and the vendor's pages. The oracle uses no code of the gateway. */
interface Upstream {
  readonly model: string
  /**
   * OpenRouter itself accepts all fields that the gateway accepts. A provider that is only configured accepts those that OpenAI once
   * defined.
   */
  readonly richness: 'plain' | 'rich'
}
const upstreams: readonly Upstream[] = [
  { model: 'like/plain', richness: 'plain' },
  { model: 'like/rich', richness: 'rich' },
]

/** The gateway's own fields, and those that it writes itself (contract Appendix A, §1.1). */
const ours = [
  ...[
    'model',
    'models',
    'provider',
    'route',
    'plugins',
    'preset',
    'transforms',
    'session_id',
    'trace',
    'debug',
    'usage',
  ],
  ...['stream', 'stream_options', 'metadata', 'user', 'messages', 'max_tokens', 'max_completion_tokens', 'reasoning'],
  ...['reasoning_effort', 'include_reasoning', 'service_tier', 'speed', 'cache_control', 'structured_outputs'],
  ...['max_tool_calls', 'stop_server_tools_when', 'x_search_filter', 'deferred_tools', 'prompt_cache_options'],
]

function expected(body: Json, { richness }: Upstream): Json {
  const rich = richness === 'rich'
  const hasTools = Array.isArray(body['tools']) && body['tools'].length > 0
  const left = new Set([...ours, ...(hasTools ? [] : ['tools', 'tool_choice', 'parallel_tool_calls'])])
  if ([body['stop']].flat().every((text) => text === '')) left.add('stop')
  const passed = Object.entries(body).filter(([name, value]) => !left.has(name) && value !== null)
  const limit = body['max_completion_tokens'] ?? body['max_tokens'] ?? undefined
  const tier = body['service_tier'] ?? (body['speed'] === 'fast' ? 'fast' : undefined)
  const wish = withoutNulls({
    ...Object(body['reasoning']),
    effort: Object(body['reasoning'])['effort'] ?? body['reasoning_effort'],
  })
  const effort = effortOf(wish, Number(limit))
  return defined({
    ...Object.fromEntries(passed),
    model: 'steady',
    messages: expectedMessages(Object(body['messages']), rich),
    // The field keeps the name that the client wrote, where the upstream accepts both.
    [!rich && typeof body['max_completion_tokens'] === 'number' ? 'max_completion_tokens' : 'max_tokens']: limit,
    ...(rich ? Object.keys(wish).length > 0 && { reasoning: wish } : { reasoning_effort: effort }),
    ...(Array.isArray(body['stop']) && !left.has('stop') && { stop: body['stop'].filter((text) => text !== '') }),
    service_tier: tier === 'fast' || (tier === 'ultrafast' && !rich) ? 'priority' : tier,
    user: typeof body['user'] === 'string' ? expect.stringMatching(/^user_[0-9a-f]{32}$/) : undefined,
    ...(rich && {
      metadata: body['metadata'] ?? undefined,
      prompt_cache_options: body['prompt_cache_options']
        ? withoutNulls(Object(body['prompt_cache_options']))
        : undefined,
      cache_control: body['cache_control'] ? withoutNulls(Object(body['cache_control'])) : undefined,
    }),
    ...(body['stream'] === true && { stream: true, stream_options: { include_usage: true } }),
  })
}

const defined = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined))
const withoutNulls = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null && value !== undefined))

/** Contract §1.6. */
function effortOf(wish: Json, limit: number): unknown {
  if (wish['effort'] !== undefined) return wish['effort']
  if (wish['enabled'] === false || wish['max_tokens'] === 0) return 'none'
  if (wish['max_tokens'] === undefined) return wish['enabled'] === true ? 'medium' : undefined
  if (Number.isNaN(limit)) return 'medium'
  const share = Number(wish['max_tokens']) / limit
  const nearness = (ratio: number): number => Math.abs(ratio - share)
  const ratios: readonly [string, number][] = [
    ['minimal', 0.1],
    ['low', 0.2],
    ['medium', 0.5],
    ['high', 0.8],
    ['xhigh', 0.95],
  ]
  return ratios.toSorted((a, b) => nearness(a[1]) - nearness(b[1]))[0]?.[0]
}

/** Roles, cache markers and earlier reasoning have the form that the upstream accepts; everything else stays unchanged (contract §2). */
function expectedMessages(messages: Messages, rich: boolean): Messages {
  if (!rich) {
    const unmarked = ({ cache_control: _, prompt_cache_breakpoint: __, ...rest }: Json): Json => rest
    return messages.map((message) => {
      const { content } = message
      const role = message['role'] === 'developer' ? 'system' : message['role']
      return unmarked({ ...message, role, ...(Array.isArray(content) && { content: content.map(unmarked) }) })
    })
  }
  return messages.map((message) => {
    const { reasoning, reasoning_details: details, ...rest } = message
    if (message['role'] !== 'assistant' || (!Array.isArray(details) && typeof reasoning !== 'string')) return message
    if (Array.isArray(details)) return { ...rest, reasoning_details: details }
    return reasoning === '' ? rest : { ...rest, reasoning }
  })
}

/**
 * Generates valid bodies that this gateway can serve: without features that are not implemented, and without preferences that leave no
 * endpoint.
 */
const servable = asJson(
  fc
    .tuple(
      chatRequest,
      sometimes(fc.record({ allow_fallbacks: fc.boolean(), sort: fc.constantFrom('price', null) })),
      fc.record({ unknown_field: innocentJson, n: fc.constantFrom(1, null) }, { requiredKeys: [] }),
    )
    .map(([{ models: _, ...body }, provider, more]): Json => {
      const tools = body.tools?.filter(({ type }) => type === 'function')
      return {
        ...body,
        ...more,
        provider,
        ...(body.plugins && { plugins: body.plugins.map((plugin) => ({ ...plugin, enabled: false })) }),
        ...(body.transforms && { transforms: [] }),
        ...(tools !== undefined && { tools }),
        ...(typeof body.tool_choice === 'object' && body.tool_choice?.type !== 'function' && { tool_choice: 'auto' }),
      }
    }),
)

describe.each(upstreams)('a valid chat body at $model', (upstream) => {
  let gateway: TestGateway
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator()
    const at = (slug: string) => ({ base_url: `${simulator.url}/${slug}/v1`, api_key: 'upstream-secret' })
    const every = {
      input_modalities: ['text', 'image', 'audio', 'video', 'file'],
      output_modalities: ['text', 'image', 'audio'],
    }
    gateway = await startGateway({
      providers: { 'prov-a': at('prov-a'), 'prov-b': at('prov-b'), 'prov-c': at('prov-c'), openrouter: at('rich') },
      models: {
        'like/plain': { ...every, endpoints: [{ provider: 'prov-a', model: 'steady' }] },
        'like/rich': { ...every, endpoints: [{ provider: 'openrouter', model: 'steady' }] },
      },
    })
  })
  afterAll(async () => {
    await gateway.close()
    await simulator.close()
  })

  test('reaches the upstream unharmed: nothing lost, nothing invented', async () => {
    await fc.assert(
      fc.asyncProperty(servable, async (body) => {
        simulator.clearJournal()
        const sent = { ...body, model: upstream.model }
        const response = await gateway.post('/api/v1/chat/completions', sent)
        const reply = await response.text()
        const [call] = simulator.journal()
        if (call === undefined) throw new Error(`Nothing reached the upstream: ${reply}`)
        expect(call.body).toEqual(expected(sent, upstream))
        const raw = Object(call.body)['user']
        expect(raw === undefined || raw !== body['user']).toBe(true)
      }),
      { numRuns: 250 },
    )
  })

  test('reaches it the same whether or not it is streamed', async () => {
    await fc.assert(
      fc.asyncProperty(servable, async (body) => {
        simulator.clearJournal()
        for (const stream of [false, true]) {
          await (await gateway.post('/api/v1/chat/completions', { ...body, model: upstream.model, stream })).text()
        }
        const [whole, streamed] = simulator.journal().map((call) => Object(call.body))
        const { stream: _, stream_options: __, ...rest } = streamed
        expect(isDeepStrictEqual(rest, whole)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
