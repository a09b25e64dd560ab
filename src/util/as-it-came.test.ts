import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { noteLists, writeJson } from './as-it-came.ts'
import { type JsonList, jsonExcess } from './json-excess.ts'

function read(json: string): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(json)
  const lists: JsonList[] = []
  const count = { keys: 0, values: 0, lists }
  jsonExcess(bytes, { depth: 1_000, keys: Infinity, values: Infinity }, count)
  const parsed = JSON.parse(json)
  noteLists(parsed, bytes, lists, count.keys)
  return parsed
}

const written = (object: Readonly<Record<string, unknown>>): string => {
  const json = writeJson(object)
  return typeof json === 'string' ? json : Buffer.concat(json).toString()
}

const long = 'long '.repeat(1_000)
const field = fc.oneof(
  fc.jsonValue(),
  fc.array(fc.jsonValue(), { maxLength: 3 }).map((items) => [long, ...items]),
)
const body = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('messages', 'tools', '1', '"', '__proto__')), field)

test('what is written says what was read, whatever was changed', () => {
  fc.assert(
    fc.property(body, fc.nat(4), fc.array(fc.string()), (object, indent, changed) => {
      const parsed = read(JSON.stringify(object, null, indent))
      const changes = Object.fromEntries(changed.map((key) => [key, [long]]))
      const sent = { ...parsed, ...changes }
      expect(JSON.parse(written(sent))).toEqual(JSON.parse(JSON.stringify(sent)))
    }),
  )
})

test('lists that are as they were read are written as they came, and others anew', () => {
  const parsed = read(`{ "a": 1, "list": [ "${long}" ], "other" : [ 1.0, "${long}"], "short": [ 1.0 ] }`)
  expect(written(parsed)).toBe(`{"a":1,"short":[1],"list":[ "${long}" ],"other":[ 1.0, "${long}"]}`)
  expect(written({ list: parsed['list'] })).toBe(`{"list":[ "${long}" ]}`)
  expect(written({ ...parsed, list: [long] })).toBe(`{"a":1,"list":["${long}"],"short":[1],"other":[ 1.0, "${long}"]}`)
})

test('nothing is written as it came where a key occurs twice, at any depth', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(3), (value, depth) => {
      const twice = `{"a":${JSON.stringify(value)},"b":2,"\\u0061":1}`
      const nested = `${'[{"x":'.repeat(depth)}${twice}${'}]'.repeat(depth)}`
      const parsed = read(`{"list":[ "${long}" , ${nested} ]}`)
      expect(written(parsed)).toBe(JSON.stringify(parsed))
    }),
  )
})
