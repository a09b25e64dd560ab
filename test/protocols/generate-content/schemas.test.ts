import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObject, at } from '../../acceptance/exchange.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('generate-content', { model: 'gemini-2.5-flash+steady' })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

type Schema = Readonly<Record<string, unknown>>

/** Returns the sent form of a function's schema. The upstream refuses what Google refuses. */
async function encoded(parameters: Schema): Promise<Schema> {
  const tools = [{ type: 'function', function: { name: 'save', parameters } }]
  const response = await gateway.chat({ model: 'test/model', tools })
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  return asObject(at(gateway.sent()[0], 'tools', 0, 'functionDeclarations', 0, 'parametersJsonSchema'))
}

const object = (properties: Schema, more: Schema = {}) => ({ type: 'object', properties, ...more })
const text = { type: 'string' }
/** Returns the sent form of `x` as a property. */
const property = async (schema: unknown): Promise<unknown> =>
  at(await encoded(object({ x: schema })), 'properties', 'x')

describe('references lead somewhere, whatever draft they were written in', () => {
  const item = object({ title: text }, { required: ['title'] })
  const cases: Readonly<Record<string, readonly [sent: Schema, becomes: Schema]>> = {
    'a root that is a reference to `definitions`': [
      { $schema: 'http://json-schema.org/draft-07/schema#', $ref: '#/definitions/Item', definitions: { Item: item } },
      item,
    ],
    'a root that is a reference to a reference': [
      { $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/B' }, B: item } },
      item,
    ],
    'a root that is a reference, with words beside it': [
      { $ref: '#/$defs/Item', description: 'What to save.', $defs: { Item: item } },
      { ...item, description: 'What to save.' },
    ],
    '`definitions` in place of `$defs`': [
      object({ one: { $ref: '#/definitions/Item' } }, { definitions: { Item: item } }),
      object({ one: { $ref: '#/$defs/Item' } }, { $defs: { Item: item } }),
    ],
    'both, with the same name': [
      object(
        { one: { $ref: '#/$defs/Item' }, two: { $ref: '#/definitions/Item' } },
        { $defs: { Item: item }, definitions: { Item: text } },
      ),
      object(
        { one: { $ref: '#/$defs/Item' }, two: { $ref: '#/$defs/Item_2' } },
        { $defs: { Item: item, Item_2: text } },
      ),
    ],
    'a name with signs': [
      object({ one: { $ref: '#/definitions/a~1b' } }, { definitions: { 'a/b': item } }),
      object({ one: { $ref: '#/$defs/a~1b' } }, { $defs: { 'a/b': item } }),
    ],
    'a part of the schema itself': [
      object({ one: item, two: { $ref: '#/properties/one' } }),
      object({ one: item, two: { $ref: '#/$defs/one' } }, { $defs: { one: item } }),
    ],
    'definitions inside a property': [
      object({ one: { ...text, definitions: { In: text } }, two: { $ref: '#/properties/one/definitions/In' } }),
      object({ one: text, two: { $ref: '#/$defs/In' } }, { $defs: { In: text } }),
    ],
    'the root, again': [
      object({ name: text, child: { $ref: '#' } }),
      object(
        { name: text, child: { $ref: '#/$defs/root' } },
        { $defs: { root: object({ name: text, child: { $ref: '#/$defs/root' } }) } },
      ),
    ],
    'an address that begins with the schema’s own': [
      object(
        { one: { $ref: 'https://a.example/s#/definitions/Item' } },
        {
          $id: 'https://a.example/s',
          definitions: { Item: item },
        },
      ),
      object({ one: { $ref: '#/$defs/Item' } }, { $defs: { Item: item } }),
    ],
    'nothing that is there': [
      object({ one: { $ref: 'https://elsewhere.example/s', description: 'Elsewhere.' }, two: { $ref: '#/$defs/No' } }),
      object({ one: { description: 'Elsewhere.' }, two: {} }),
    ],
    itself: [object({ one: { $ref: '#/$defs/A' } }, { $defs: { A: { $ref: '#/$defs/A' } } }), expect.any(Object)],
  }
  test.each(Object.entries(cases))('%s', async (_, [sent, becomes]) => {
    expect(await encoded(sent)).toEqual(becomes)
  })

  test('not more parts are named than anybody refers to', async () => {
    const parts = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, text]))
    const references = Object.fromEntries(
      Object.keys(parts).map((name) => [`r${name}`, { $ref: `#/properties/parts/properties/${name}` }]),
    )
    const schema = await encoded(object({ parts: object(parts), ...references }))
    expect(Object.keys(Object(schema['$defs'])).length).toBe(200)
    expect(at(schema, 'properties', 'rp299')).toEqual({})
  })

  test('definitions that nothing refers to are left out', async () => {
    expect(await encoded(object({ one: text }, { definitions: { Item: item } }))).toEqual(object({ one: text }))
  })

  test('beside a reference nothing stands', async () => {
    const one = { $ref: '#/$defs/Item', type: 'object', title: 'Item', examples: [] }
    expect(at(await encoded(object({ one }, { $defs: { Item: item } })), 'properties', 'one')).toEqual({
      $ref: '#/$defs/Item',
    })
  })

  test('a property called $ref is a property', async () => {
    expect(await encoded(object({ $ref: text, const: text }))).toEqual(object({ $ref: text, const: text }))
  })

  test('the same holds for the form of an answer', async () => {
    const schema = { $ref: '#/definitions/Item', definitions: { Item: item } }
    const response_format = { type: 'json_schema', json_schema: { name: 'a', schema } }
    await (await gateway.chat({ model: 'test/model', response_format })).text()
    expect(at(gateway.sent()[0], 'generationConfig', 'responseJsonSchema')).toEqual(item)
  })
})

describe('older and other spellings become those that Google knows', () => {
  const said = (word: string) => ({ description: expect.stringContaining(word) })
  const cases: readonly (readonly [sent: unknown, becomes: unknown])[] = [
    [{ const: 'a' }, { enum: ['a'] }],
    [
      { type: 'integer', const: 5 },
      { type: 'integer', enum: [5] },
    ],
    [{ const: null }, { type: 'null' }],
    [{ const: true }, { type: 'boolean', ...said('true') }],
    [{ const: { a: 1 } }, said('{"a":1}')],
    [{ enum: ['a', null] }, { type: ['string', 'null'], enum: ['a'] }],
    [
      { type: 'string', enum: ['a', null] },
      { type: ['string', 'null'], enum: ['a'] },
    ],
    [
      { type: ['string', 'null'], enum: ['a', null] },
      { type: ['string', 'null'], enum: ['a'] },
    ],
    [{ enum: [true, false] }, { type: 'boolean', ...said('true') }],
    [{ enum: ['a', 1] }, { enum: ['a', 1] }],
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [{ type: ['string', 'null'], nullable: true }, { type: ['string', 'null'] }],
    [{ type: 'string', nullable: false }, { type: 'string' }],
    [{ type: ['string', 'integer'] }, { type: ['string', 'integer'] }],
    [
      { type: 'array', items: [{ type: 'string' }, true] },
      { type: 'array', prefixItems: [{ type: 'string' }, {}] },
    ],
    [
      { type: 'array', items: [{ const: 'a' }], additionalItems: { type: 'integer' } },
      { type: 'array', prefixItems: [{ enum: ['a'] }], items: { type: 'integer' } },
    ],
    [
      { type: 'array', items: [{ type: 'string' }], additionalItems: false },
      { type: 'array', prefixItems: [{ type: 'string' }], maxItems: 1 },
    ],
    [{ type: 'array', items: true }, { type: 'array' }],
    [
      { type: 'integer', exclusiveMinimum: 0 },
      { type: 'integer', minimum: 1 },
    ],
    [
      { type: 'integer', exclusiveMinimum: 0, minimum: 5, exclusiveMaximum: 9 },
      { type: 'integer', minimum: 5, maximum: 8 },
    ],
    [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'number', ...said('exclusiveMinimum: 0') },
    ],
    [
      { type: 'integer', minimum: 3, exclusiveMinimum: true },
      { type: 'integer', minimum: 3, ...said('exclusiveMinimum: true') },
    ],
    [
      { allOf: [{ type: 'string' }], description: 'D' },
      { type: 'string', description: 'D' },
    ],
    [
      { allOf: [object({ a: text }, { required: ['a'] }), object({ b: text }, { required: ['b'] })] },
      object({ a: text, b: text }, { required: ['a', 'b'] }),
    ],
    [{ allOf: [{ allOf: [{ type: 'string' }] }] }, { type: 'string' }],
    [object({ a: text }, { required: ['a', 'gone'] }), object({ a: text }, { required: ['a'] })],
    [object({ a: text }, { required: [] }), object({ a: text })],
    [object({ a: true, b: false }), object({ a: {} })],
    [
      { type: 'string', if: { const: 'a' }, else: { minLength: 1 } },
      { type: 'string', ...said('if: {') },
    ],
    [{ not: { type: 'string' } }, said('not: {"type":"string"}')],
    [
      { type: 'object', patternProperties: { '^x': text } },
      { type: 'object', ...said('patternProperties') },
    ],
    [
      { type: 'object', dependencies: { a: ['b'] } },
      { type: 'object', ...said('dependencies') },
    ],
    [{ type: 'string', readOnly: true, $comment: 'c', deprecated: true, id: 'old' }, { type: 'string' }],
  ]
  test.each(cases)('%j', async (sent, becomes) => {
    expect(await property(sent)).toEqual(becomes)
  })

  test('`allOf` of a reference, as pydantic writes it, is that reference', async () => {
    const schema = object(
      { x: { allOf: [{ $ref: '#/definitions/Size' }], description: 'How large.', default: 'm' } },
      { definitions: { Size: { enum: ['s', 'm'], type: 'string' } } },
    )
    expect(await encoded(schema)).toEqual(
      object({ x: { $ref: '#/$defs/Size' } }, { $defs: { Size: { enum: ['s', 'm'], type: 'string' } } }),
    )
  })

  test('`allOf` of a reference and more holds both', async () => {
    const schema = object(
      { x: { allOf: [{ $ref: '#/definitions/Base' }, object({ more: text })] } },
      { definitions: { Base: object({ base: text }, { required: ['base'] }) } },
    )
    expect(at(await encoded(schema), 'properties', 'x')).toEqual(
      object({ base: text, more: text }, { required: ['base'] }),
    )
  })

  test('a schema of references that would grow without end is cut, not followed', async () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [
        `d${level}`,
        { allOf: [{ $ref: `#/definitions/d${level + 1}` }, { $ref: `#/definitions/d${level + 1}` }] },
      ]),
    )
    const schema = object({ x: { allOf: [{ $ref: '#/definitions/d0' }, { type: 'object' }] } }, { definitions })
    expect(JSON.stringify(await encoded(schema)).length).toBeLessThan(2_000)
  })

  test('a reference in `allOf` to what holds it ends', async () => {
    const schema = object(
      { x: { allOf: [{ $ref: '#/definitions/A' }, object({ b: text })] } },
      { definitions: { A: { allOf: [{ $ref: '#/definitions/A' }, object({ a: text })] } } },
    )
    expect(at(await encoded(schema), 'properties', 'x', 'properties')).toEqual({ a: text, b: text })
  })
})
