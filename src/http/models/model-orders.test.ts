import { describe, expect, test } from 'vitest'
import type { Model } from '../../catalog/model.ts'
import type { Distribution, EndpointState, EndpointStatistics } from '../../health/endpoint-health.ts'
import { figures, type ModelFacts } from './model-figures.ts'
import { inOrder } from './model-orders.ts'

const endpoint = (id: string): Model['endpoints'][number] => ({
  id,
  model: '',
  provider: 'prov-a',
  providerName: 'Prov A',
  tag: 'prov-a',
  tier: 'default',
  upstreamModel: '',
  pricing: { prompt: 0, completion: 0 },
  contextLength: null,
  maxCompletionTokens: null,
  quantization: null,
  dataPolicy: { training: true, retention: 'unknown' },
  distillable: false,
  supportedParameters: null,
  operations: ['chat'],
  inputModalities: ['text'],
  outputModalities: ['text'],
  nativeTools: [],
  prefill: false,
  deprecated: false,
  reasoning: null,
  template: {},
})

const model = (slug: string, ...endpoints: readonly string[]): Model => ({
  slug,
  name: slug,
  author: 'acme',
  created: 0,
  contextLength: null,
  inputModalities: ['text'],
  outputModalities: ['text'],
  reasoning: null,
  distillable: false,
  aliases: [],
  endpoints: endpoints.map(endpoint),
})

const models = [model('none', 'silent'), model('two', 'slow', 'fast', 'silent'), model('one', 'middling')]
const speeds: Readonly<Record<string, number>> = { slow: 1, middling: 5, fast: 9 }

const always = (value: number): Distribution => ({ samples: 9, p50: value, p75: 0, p90: 0, p95: 0, p99: 0 })

const statistics = (id: string): EndpointStatistics => ({
  uptimeLast5m: null,
  uptimeLast30m: null,
  uptimeLast1d: null,
  latencyLast30m: speeds[id] === undefined ? null : always(1000 / speeds[id]),
  throughputLast30m: speeds[id] === undefined ? null : always(speeds[id]),
})

const state = (toolRequests: number, toolSuccess: number | null): EndpointState => ({
  condition: 'stable',
  limitedUntil: 0,
  uptimeClass: 'unknown',
  requests: 0,
  latency: null,
  usualLatency: null,
  throughput: null,
  toolRequests,
  toolSuccess,
})

const tools: Readonly<Record<string, EndpointState>> = {
  slow: state(300, 0.9),
  fast: state(100, 0.5),
  silent: state(5, null),
}

const facts: ModelFacts = {
  health: { statistics, state: (id) => tools[id] ?? null },
  usage: { ready: () => Promise.resolve(), requests: () => null, weeklyTokens: () => null },
  datacenters: () => [],
  preferences: { auto: {}, codingScores: {} },
  now: () => 0,
}

const slugs = (found: readonly Model[]): readonly string[] => found.map(({ slug }) => slug)

describe('speed sorts models by the median of their best endpoint', () => {
  test.each(['throughput-high-to-low', 'latency-low-to-high'] as const)('%s', (order) => {
    expect(slugs(inOrder(models, order, facts))).toEqual(['two', 'one', 'none'])
  })
})

test('the success of tool calls is that of all endpoints, by how often they called', () => {
  expect(models.map((model) => figures.toolSuccess(model, facts))).toEqual([null, 0.8, null])
})
