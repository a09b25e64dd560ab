import { describeModel } from '../catalog/describe-model.ts'
import type { Model } from '../catalog/model.ts'
import { GatewayError } from '../canonical/errors.ts'

const sorts: Readonly<Record<string, (a: Model, b: Model) => number>> = {
  'pricing-low-to-high': (a, b) => price(a) - price(b),
  'pricing-high-to-low': (a, b) => price(b) - price(a),
  'context-high-to-low': (a, b) => (b.contextLength ?? 0) - (a.contextLength ?? 0),
  newest: (a, b) => b.created - a.created,
}

const defaultLimit = 500

/** The listing of contract §8.A1, filtered and paged by its query. Without `offset` and `limit` everything is listed. */
export function listModels(all: readonly Model[], query: URLSearchParams) {
  const wanted = all.filter((model) => matches(model, query))
  const sort = query.get('sort')
  if (sort !== null) {
    const compare = Object.hasOwn(sorts, sort) ? sorts[sort] : undefined
    if (compare === undefined) refuse('sort', Object.keys(sorts).join(', '))
    wanted.sort(compare)
  }
  const paged = query.has('offset') || query.has('limit')
  const offset = whole(query, 'offset', 0, Number.MAX_SAFE_INTEGER) ?? 0
  const limit = whole(query, 'limit', 1, 1000) ?? defaultLimit
  const page = paged ? wanted.slice(offset, offset + limit) : wanted
  const next = paged && offset + limit < wanted.length ? nextPage(query, offset + limit, limit) : null
  return { data: page.map(describeModel), total_count: wanted.length, links: { next } }
}

function matches(model: Model, query: URLSearchParams): boolean {
  const output = list(query, 'output_modalities') ?? ['text']
  const text = query.get('q')?.toLowerCase()
  const context = whole(query, 'context', 0, Number.MAX_SAFE_INTEGER)
  return (
    (output.includes('all') || output.every((modality) => model.outputModalities.includes(modality))) &&
    every(list(query, 'input_modalities'), (modality) => model.inputModalities.includes(modality)) &&
    every(list(query, 'supported_parameters'), (name) =>
      model.endpoints.some((endpoint) => endpoint.supportedParameters?.has(name) ?? true),
    ) &&
    some(list(query, 'model_authors'), (author) => model.author === author) &&
    some(list(query, 'providers'), (provider) =>
      model.endpoints.some((endpoint) => endpoint.provider === provider || endpoint.providerName === provider),
    ) &&
    (text === undefined || `${model.slug} ${model.name}`.toLowerCase().includes(text)) &&
    (context === undefined || (model.contextLength ?? 0) >= context)
  )
}

const every = (wanted: readonly string[] | null, test: (value: string) => boolean): boolean =>
  wanted === null || wanted.every(test)

const some = (wanted: readonly string[] | null, test: (value: string) => boolean): boolean =>
  wanted === null || wanted.some(test)

const list = (query: URLSearchParams, name: string): readonly string[] | null =>
  query.get(name)?.split(',').filter(Boolean) ?? null

function whole(query: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) refuse(name, `a whole number from ${least} to ${most}`)
  return value
}

function refuse(name: string, expected: string): never {
  throw new GatewayError('invalid_request', `The query parameter ${name} must be one of: ${expected}.`)
}

const price = (model: Model): number => Math.min(...model.endpoints.map(({ pricing }) => pricing.prompt))

function nextPage(query: URLSearchParams, offset: number, limit: number): string {
  const next = new URLSearchParams(query)
  next.set('offset', String(offset))
  next.set('limit', String(limit))
  return `/api/v1/models?${next.toString()}`
}
