import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { routes } from '../../src/http/app.ts'
import { buildDocument } from '../../src/http/openapi/document.ts'
import { type JsonObject, objectOf } from '../../src/util/json.ts'
import type { SeedProperties } from '../acceptance/seed-document.ts'
import { pointedAt, schemasAt, typesOf, valuesOf } from './read-schema.ts'

const published: SeedProperties = JSON.parse(
  await readFile(new URL('../fixtures/seed-properties.json', import.meta.url), 'utf8'),
)
const ours: unknown = JSON.parse(JSON.stringify(buildDocument(routes)))

/** The content of an answer is text or null, because clients cannot decode a list there. An answer has no name either (contract §3.3). */
const isWithheld = (path: string): boolean => /^choices\[\]\.message\.(name$|content\[\])/.test(path)

const sides = [
  ['chatRequest', 'ChatCompletionsRequest', 'ChatGenerationParams'],
  ['chatResponse', 'ChatCompletionsResponse', 'ChatResponse'],
  ['completionsRequest', 'CompletionsRequest', 'CompletionCreateParams'],
  ['completionsResponse', 'CompletionsResponse', 'CompletionResponse'],
] as const

const component = (document: unknown, name: string): JsonObject => pointedAt(document, `#/components/schemas/${name}`)

describe('every property of the published documents is in ours', () => {
  test.each(sides)('%s', (side, name) => {
    const paths = published[side].filter((path) => !isWithheld(path))
    expect(paths.length).toBeGreaterThan(10)
    expect(paths.filter((path) => schemasAt(ours, component(ours, name), path).length === 0)).toEqual([])
  })

  test('the newer chat reference', () => {
    const missing = (name: string, paths: readonly string[]) =>
      paths.filter((path) => schemasAt(ours, component(ours, name), path).length === 0)
    expect(missing('ChatCompletionsRequest', published.chatFields.request)).toEqual([])
    expect(missing('ChatCompletionsResponse', published.chatFields.response)).toEqual([])
    const operation = pointedAt(ours, '#/paths').valueOf()
    for (const header of published.chatFields.headers.filter((name) => name !== 'Authorization')) {
      expect(JSON.stringify(operation)).toContain(`{"name":"${header}","in":"header"`)
    }
  })
})

type Side = (typeof sides)[number][0]

/** By path, and item by item where a path leads to a list: the type and the listed values of each branch of its schema. */
const types: Readonly<Record<Side, Readonly<Record<string, readonly JsonObject[]>>>> = JSON.parse(
  await readFile(new URL('../fixtures/seed-types.json', import.meta.url), 'utf8'),
)

/** An upstream sends null for what it does not know, e.g. for the first token of a prompt (contract §7.2). */
const mayBeNull = new Set(['choices[].logprobs.token_logprobs[]', 'choices[].logprobs.top_logprobs[]'])

describe('types are compatible with those of the published documents', () => {
  test.each(sides)('%s', (side, ourName) => {
    const isRequest = side.endsWith('Request')
    const paths = Object.entries(types[side]).filter(([path]) => !isWithheld(path))
    expect(paths.length).toBeGreaterThan(10)
    const wrong = paths.flatMap(([path, their]) => {
      const our = schemasAt(ours, component(ours, ourName), path)
      // The gateway must accept every value that clients may send, and send only values that they expect.
      const [sent, taken] = isRequest ? [their, our] : [our, their]
      const taking = new Set([...taken.flatMap(typesOf), ...(mayBeNull.has(path) ? ['null'] : [])])
      const unexpected = sent.flatMap(typesOf).filter((type) => !taking.has(type))
      const values = taken.every((schema) => valuesOf(schema).length > 0) ? taken.flatMap(valuesOf) : null
      const strange = values === null ? [] : sent.flatMap(valuesOf).filter((value) => !values.includes(value))
      return unexpected.length + strange.length > 0 ? [{ path, unexpected, strange }] : []
    })
    expect(wrong).toEqual([])
  })
})

const folder = process.env['WAYGATE_SEEDS']
if (folder !== undefined) {
  test('the list of types is that of the documents (WAYGATE_SEEDS)', async () => {
    const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
    const documents = texts
      .flatMap((text) => /```yaml\n([^]*?)```/.exec(text)?.[1] ?? [])
      .map((yaml): unknown => parse(yaml))
    expect(Object.fromEntries(sides.map(([side, , name]) => [side, typesIn(documents, side, name)]))).toEqual(types)
  })
}

function typesIn(documents: readonly unknown[], side: Side, name: string): Record<string, readonly JsonObject[]> {
  const document = documents.find((one) => objectOf(objectOf(objectOf(one)?.['components'])?.['schemas'])?.[name])
  const paths = published[side].flatMap((path) => [path, `${path}[]`])
  return Object.fromEntries(
    paths.flatMap((path) => {
      const branches = schemasAt(document, component(document, name), path).map((schema) => ({
        type: typesOf(schema),
        ...(valuesOf(schema).length > 0 && { enum: valuesOf(schema) }),
      }))
      return branches.length === 0 ? [] : [[path, branches]]
    }),
  )
}
