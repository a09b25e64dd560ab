import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { loadText, refusal, temporaryDirectory } from '../../test/config/load-text.ts'

const optional = { requiredKeys: [] }
const slug = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/)
const text = fc.string({ minLength: 1 }).filter((value) => !value.includes('${'))
const price = fc.double({ min: 0, max: 1000, noNaN: true, noDefaultInfinity: true }).map(Math.abs)

const pricing = fc.record(
  { prompt: price, completion: price, request: price, web_search: price, input_cache_write_1h: price },
  optional,
)

const endpoints = fc.uniqueArray(
  fc.record(
    {
      provider: fc.constantFrom('openai', 'groq'),
      model: text,
      tag: slug,
      tier: fc.constantFrom('default', 'priority', 'flex'),
      pricing,
      context_length: fc.integer({ min: 1, max: 1_000_000 }),
      prefill: fc.boolean(),
      operations: fc.constant(['chat', 'completions']),
    },
    { requiredKeys: ['provider', 'model', 'tag'] },
  ),
  { minLength: 1, maxLength: 3, selector: ({ tag }) => tag },
)

/** Generates a valid file as plain values. */
const file = fc
  .record(
    {
      server: fc.record({ host: text, port: fc.nat(65_535) }, optional),
      keys: fc.uniqueArray(
        fc.record({ name: text, key: fc.stringMatching(/^[!-#%-~]{16,40}$/), limit: fc.option(price), account: slug }),
        { maxLength: 3, selector: ({ name }) => name },
      ),
      providers: fc.dictionary(slug, fc.record({ base_url: fc.webUrl(), api_keys: fc.constant(['a', 'b']) }), {
        maxKeys: 3,
      }),
      models: fc.dictionary(
        fc.tuple(slug, slug).map((parts) => parts.join('/')),
        fc.record(
          { name: text, endpoints, reasoning: fc.constantFrom(false, { mandatory: true }) },
          { requiredKeys: ['endpoints'] },
        ),
        { maxKeys: 3 },
      ),
      timeouts: fc.record({ connect_ms: fc.integer({ min: 1, max: 1000 }) }),
      stream_rescue: fc.constantFrom('off', 'continue'),
      keepalive_ms: fc.integer({ min: 1, max: 1000 }),
    },
    optional,
  )
  .map(withOwnTags)

function withOwnTags<File extends { models?: Record<string, { endpoints: { provider: string; tag: string }[] }> }>(
  file: File,
): File {
  for (const model of Object.values(file.models ?? {})) {
    for (const endpoint of model.endpoints) endpoint.tag = `${endpoint.provider}/${endpoint.tag}`
  }
  return file
}

/** Renames program keys to file keys, at every depth. */
function inFileWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inFileWords)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snakeCase(name), inFileWords(inner)]))
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]|1h$/g, (found) => `_${found.toLowerCase()}`)
}

test('the configuration holds what the file holds, from YAML and from JSON', () => {
  const directory = temporaryDirectory()
  fc.assert(
    fc.property(file, (written) => {
      const config = loadText(stringify(written), {}, directory)
      // The lines of the values differ.
      expect({ ...loadText(JSON.stringify(written), {}, directory), values: config.values }).toEqual(config)
      const { server, timeouts, keepalive_ms: keepaliveMs, stream_rescue: streamRescue } = written
      expect(config).toMatchObject(JSON.parse(JSON.stringify({ server, keepaliveMs, streamRescue })))
      if (timeouts) expect(config.timeouts.connectMs).toBe(timeouts.connect_ms)
      for (const [index, key] of (written.keys ?? []).entries()) expect(config.keys[index]).toMatchObject(key)
      expect(config.providers.map(({ slug }) => slug)).toEqual(Object.keys(written.providers ?? {}))
      for (const model of config.models) expect(inFileWords(model)).toMatchObject(written.models?.[model.slug] ?? {})
      expect(config.models.map(({ slug }) => slug)).toEqual(Object.keys(written.models ?? {}))
    }),
  )
})

/** Finds all maps inside a value. */
function maps(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(maps)
  return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside]
}

test('an unknown key anywhere is an error with its line', () => {
  const directory = temporaryDirectory()
  fc.assert(
    fc.property(file, fc.nat(), fc.boolean(), (written, choice, asJson) => {
      const places = maps(written)
      const place = places[choice % places.length]
      if (place) place['zzz_unknown!'] = 1
      const text = asJson ? JSON.stringify(written, null, 1) : stringify(written)
      const { problems } = refusal(() => loadText(text, {}, directory))
      const line = text.split('\n').findIndex((line) => line.includes('zzz_unknown!')) + 1
      expect(problems).toContainEqual(
        expect.objectContaining({ file: 'waygate.yaml', line, path: expect.stringMatching(/(^|\.)zzz_unknown!$/) }),
      )
    }),
  )
})

test('a value of the wrong type anywhere is an error with its line', () => {
  const directory = temporaryDirectory()
  fc.assert(
    fc.property(
      file.filter((written) => maps(written).some((map) => Object.keys(map).length > 0)),
      fc.nat(),
      (written, choice) => {
        const places = maps(written).flatMap((map) => Object.keys(map).map((key) => ({ map, key })))
        const place = places[choice % places.length]
        // No key accepts a list of lists.
        if (place) place.map[place.key] = [['zzz']]
        const text = JSON.stringify(written, null, 1)
        const { problems } = refusal(() => loadText(text, {}, directory))
        const last = text.split('\n').findIndex((line) => line.includes('"zzz"')) + 1
        expect(problems.some(({ line }) => line === last - 2 || line === last - 1)).toBe(true)
      },
    ),
  )
})

const words =
  'server models a/b keys endpoints : - { } [ ] , " \' | > &a *a !!binary x % @ ${A} ${ $${ << ? # __proto__ 1e999'
const pieces = fc.constantFrom(...words.split(' '), ': ', '\n', '\n  ', '\t', '\0', '\uD800', '\n...\n', '\n---\n')

test('whatever the file holds, only a ConfigError is thrown', () => {
  const directory = temporaryDirectory()
  const attempt = (text: string) => {
    try {
      loadText(text, { A: 'x' }, directory)
    } catch (error) {
      expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(/^waygate\.yaml:\d+:\d+/) })
    }
  }
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
      ),
      attempt,
    ),
    { numRuns: 1000 },
  )
  // Valid files in which a piece was removed or inserted.
  fc.assert(
    fc.property(file, fc.nat(), fc.nat(40), pieces, (written, at, length, piece) => {
      const text = stringify(written)
      const start = at % (text.length + 1)
      attempt(text.slice(0, start) + piece + text.slice(start + length))
    }),
    { numRuns: 1000 },
  )
  // Values of any type under known keys.
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(parse(sections))), fc.jsonValue()), (written) => {
      attempt(JSON.stringify(written))
    }),
    { numRuns: 1000 },
  )
})

const sections =
  '{ server, storage, keys, providers, models, timeouts, limits, discovery, stream_rescue, default_model, routing }'
