import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { buildDocument } from '../../src/http/openapi/document.ts'
import { type JsonObject, objectOf } from '../../src/util/json.ts'
import type { SeedProperties } from '../acceptance/seed-document.ts'
import { pointedAt, schemasAt, typesOf, valuesOf } from './read-schema.ts'

const published: SeedProperties = JSON.parse(
  await readFile(new URL('../fixtures/seed-properties.json', import.meta.url), 'utf8'),
)
const ours: unknown = JSON.parse(JSON.stringify(buildDocument()))

/** An answer’s content is text or null: clients cannot decode a list there. Nor does an answer have a name (contract §3.3). */
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

const folder = process.env['WAYGATE_SEEDS']

/** An upstream gives null for what it does not know, e.g. the first token of a prompt (contract §7.2). */
const mayBeNull = new Set(['choices[].logprobs.token_logprobs[]', 'choices[].logprobs.top_logprobs[]'])

describe.skipIf(folder === undefined)(
  'types are compatible (needs WAYGATE_SEEDS, the folder of the published documents)',
  () => {
    let seeds: readonly unknown[]
    beforeAll(async () => {
      const names = await readdir(folder ?? '')
      const texts = await Promise.all(names.map((name) => readFile(join(folder ?? '', name), 'utf8')))
      seeds = texts.flatMap((text) => /```yaml\n([^]*?)```/.exec(text)?.[1] ?? []).map((yaml): unknown => parse(yaml))
    })

    test.each(sides)('%s', (side, ourName, theirName) => {
      const theirs = seeds.find((seed) => objectOf(objectOf(objectOf(seed)?.['components'])?.['schemas'])?.[theirName])
      const isRequest = side.endsWith('Request')
      // A list is looked at item by item too.
      const paths = published[side].flatMap((path) => (isWithheld(path) ? [] : [path, `${path}[]`]))
      const wrong = paths.flatMap((path) => {
        const their = schemasAt(theirs, component(theirs, theirName), path)
        const our = schemasAt(ours, component(ours, ourName), path)
        if (their.length === 0) return []
        // What they may send we take; what we send they expect.
        const [sent, taken] = isRequest ? [their, our] : [our, their]
        const types = new Set([...taken.flatMap(typesOf), ...(mayBeNull.has(path) ? ['null'] : [])])
        const unexpected = sent.flatMap(typesOf).filter((type) => !types.has(type))
        const values = taken.every((schema) => valuesOf(schema).length > 0) ? taken.flatMap(valuesOf) : null
        const strange = values === null ? [] : sent.flatMap(valuesOf).filter((value) => !values.includes(value))
        return unexpected.length + strange.length > 0 ? [{ path, unexpected, strange }] : []
      })
      expect(wrong).toEqual([])
    })
  },
)
