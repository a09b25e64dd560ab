import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PartialArguments } from './partial-arguments.ts'

/** Vertex AI's pieces of a value: one a leaf, a text in as many as it has characters. */
function* pieces(value: unknown, jsonPath: string): Generator<object> {
  if (typeof value === 'string') {
    const letters = value.match(/./gsu) ?? []
    for (const letter of letters) yield { jsonPath, stringValue: letter, willContinue: true }
    yield { jsonPath, stringValue: '' }
  } else if (typeof value === 'number') yield { jsonPath, numberValue: value }
  else if (typeof value === 'boolean') yield { jsonPath, boolValue: value }
  else if (value === null) yield { jsonPath, nullValue: 'NULL_VALUE' }
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* pieces(item, `${jsonPath}[${index}]`)
  else for (const [key, item] of Object.entries(Object(value))) yield* pieces(item, jsonPath + step(key))
}

const step = (key: string): string =>
  /^[a-z]+$/i.test(key) ? `.${key}` : `['${key.replaceAll(/['\\]/g, (letter) => `\\${letter}`)}']`

const { value: leafy } = fc.letrec<{ value: unknown; leaf: unknown; object: object; list: unknown[] }>((tie) => ({
  leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
  object: fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
    tie('value'),
    { minKeys: 1, maxKeys: 3 },
  ),
  list: fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
  value: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('object'), tie('list')),
}))

test('the text that the pieces add up to is the JSON of what was said', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), leafy, { maxKeys: 4 }), (value) => {
      const partial = new PartialArguments()
      const text = [...pieces(value, '$')].map((piece) => partial.add(piece)).join('') + partial.end()
      expect(text).toBe(JSON.stringify(value))
    }),
  )
})

test('a text that breaks off is still closed, and what is no piece adds nothing', () => {
  const partial = new PartialArguments()
  const text = [{ jsonPath: '$.a[0].b', stringValue: 'x"', willContinue: true }, null, { jsonPath: 7 }]
    .map((piece) => partial.add(piece))
    .join('')
  expect(text + partial.end()).toBe('{"a":[{"b":"x\\""}]}')
})
