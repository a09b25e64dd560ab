import { Compile } from 'typebox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../src/util/json.ts'
import { idleDependencies } from '../acceptance/idle-dependencies.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { dereference, pointedAt } from './read-schema.ts'

let gateway: TestGateway
let document: JsonObject
beforeAll(async () => {
  gateway = await startGateway()
  const reply = await gateway.get('/api/v1/openapi.json', { authorization: '' })
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-type')).toBe('application/json')
  document = JSON.parse(await reply.text())
})
afterAll(() => gateway.close())

/** Returns every operation with its path and method. */
const operations = (): readonly { path: string; method: string; operation: JsonObject }[] =>
  Object.entries(objectOf(document['paths']) ?? {}).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods) ?? {}).map(([method, operation]) => ({
      path,
      method,
      operation: objectOf(operation) ?? {},
    })),
  )

/** Returns every object anywhere in the document. */
function objectsIn(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : []
}

test('the alias serves the same document', async () => {
  const alias = await gateway.get('/v1/openapi.json')
  expect(await alias.json()).toEqual(document)
})

describe('the rules of OpenAPI 3.1', () => {
  test('the version, and nothing beside the fixed fields', () => {
    expect(document['openapi']).toMatch(/^3\.1\.\d+$/)
    expect(objectOf(document['info'])).toMatchObject({ title: 'Waygate', version: 'v1' })
    const fixed = 'openapi info jsonSchemaDialect servers paths webhooks components security tags externalDocs'.split(
      ' ',
    )
    expect(Object.keys(document).filter((key) => !fixed.includes(key))).toEqual([])
  })

  test('every reference points at something, and every component is used', () => {
    const used = new Set(objectsIn(document).flatMap((object) => stringOf(object['$ref']) ?? []))
    expect(used.size).toBeGreaterThan(50)
    for (const reference of used) expect(pointedAt(document, reference)).toBeDefined()
    const components = objectOf(document['components']) ?? {}
    const named = ['schemas', 'headers'].flatMap((kind) =>
      Object.keys(objectOf(components[kind]) ?? {}).map((name) => `#/components/${kind}/${name}`),
    )
    expect(named.filter((name) => !used.has(name))).toEqual([])
    expect(Object.keys(components).flatMap((kind) => Object.keys(objectOf(components[kind]) ?? {}))).not.toContain('')
  })

  test('every operation has its own id, a tag that is listed, and replies with a description', () => {
    const all = operations()
    expect(new Set(all.map(({ operation }) => operation['operationId'])).size).toBe(all.length)
    const tags = arrayOf(document['tags']).map((tag) => objectOf(tag)?.['name'])
    for (const { path, operation } of all) {
      expect(path).toMatch(/^\//)
      expect(arrayOf(operation['tags']).every((tag) => tags.includes(tag))).toBe(true)
      const replies = Object.entries(objectOf(operation['responses']) ?? {})
      expect(replies.filter(([status]) => status.startsWith('2'))).toHaveLength(1)
      for (const [status, reply] of replies) {
        expect(status).toMatch(/^[2-5]\d\d$/)
        expect(objectOf(reply)?.['description']).toMatch(/\w/)
      }
    }
  })

  test('the parameters of a path are those in its braces', () => {
    for (const { path, operation } of operations()) {
      const parameters = arrayOf(operation['parameters']).filter(isObject)
      const inPath = parameters.filter((parameter) => parameter['in'] === 'path')
      expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
      expect(inPath.every(({ required }) => required === true)).toBe(true)
      const names = parameters.map((parameter) => `${stringOf(parameter['in'])} ${stringOf(parameter['name'])}`)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  test('every schema is JSON Schema, with the keywords of the standard', () => {
    const schemas = Object.entries(objectOf(objectOf(document['components'])?.['schemas']) ?? {})
    const words =
      '$ref title description deprecated default type const enum anyOf properties required additionalProperties propertyNames maxProperties items minItems maxItems minimum maximum minLength maxLength pattern'.split(
        ' ',
      )
    for (const [name, schema] of schemas) {
      expect(name).toMatch(/^[A-Za-z0-9._-]+$/)
      expect(() => Compile(objectOf(dereference(document, schema)) ?? {}).Check({})).not.toThrow()
      for (const inner of schemasIn(schema)) {
        expect(Object.keys(inner).filter((key) => !words.includes(key))).toEqual([])
        expect(
          arrayOf(inner['required']).filter((key) => !(String(key) in (objectOf(inner['properties']) ?? {}))),
        ).toEqual([])
      }
    }
  })
})

function schemasIn(schema: unknown): readonly JsonObject[] {
  if (!isObject(schema)) return []
  const inner = [
    ...Object.values(objectOf(schema['properties']) ?? {}),
    ...arrayOf(schema['anyOf']),
    schema['items'],
    schema['additionalProperties'],
    schema['propertyNames'],
  ]
  return [schema, ...inner.flatMap(schemasIn)]
}

describe('what it covers', () => {
  const app = createApp(idleDependencies)
  const routes = app.addresses.map(({ method, path }) => `${method} ${path}`)

  test('every route, and no other address', () => {
    const described = operations().map(({ path, method, operation }) => {
      const base = operation['servers'] === undefined ? '/api/v1' : ''
      return `${method.toUpperCase()} ${base}${path}`
    })
    // The alias of every route is in the document too. The pages for people with their files, and the metrics, are not.
    const served = routes.filter(
      (route) => !/^GET \/(docs\b.*|assets\/.*|metrics)?$/.test(route) && !/^\w+ \/v1\//.test(route),
    )
    expect(described.toSorted()).toEqual(served.toSorted())
    expect(
      routes.filter((route) => route.includes(' /v1/')).map((route) => route.replace(' /v1/', ' /api/v1/')),
    ).toEqual(served.filter((route) => route.includes(' /api/v1/')))
  })

  test('the operations that need a key', async () => {
    for (const { path, method, operation } of operations()) {
      const base = operation['servers'] === undefined ? '/api/v1' : ''
      const address = (base + path).replace('{author}', 'acme').replace('{slug}', 'm1')
      const reply = await fetch(gateway.url + address, { method: method.toUpperCase() })
      await reply.body?.cancel()
      expect({ path, refused: reply.status === 401 }).toEqual({ path, refused: operation['security'] === undefined })
    }
  })
})
