import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunk, counted, done, type Json, readChunks, readWhole } from './read-reply.ts'

/** Entries of `tool_calls`, one list for each chunk, and the calls that they mean. */
interface Row {
  readonly lists: readonly (readonly Json[])[]
  readonly means: readonly string[]
}

const head = (name: string | undefined, text?: unknown, more: Json = {}): Json => ({
  type: 'function',
  ...more,
  function: { ...(name !== undefined && { name }), ...(text !== undefined && { arguments: text }) },
})
const more = (text: unknown, where: Json = {}): Json => head(undefined, text, where)

const rows: Readonly<Record<string, Row>> = {
  'the plain form': {
    lists: [[head('f', '', { index: 0, id: 'a' })], [more('{"x":', { index: 0 })], [more('1}', { index: 0 })]],
    means: ['a f {"x":1}'],
  },
  'told apart by ids alone, without an index': {
    lists: [
      [head('f', '', { id: 'a' })],
      [head('g', '', { id: 'b' })],
      [more('{"x":', { id: 'a' })],
      [more('{}', { id: 'b' })],
      [more('1}', { id: 'a' })],
    ],
    means: ['a f {"x":1}', 'b g {}'],
  },
  'told apart by their place in the list': {
    lists: [
      [head('f', ''), head('g', '')],
      [more('{"x":1}'), more('{"y":2}')],
    ],
    means: ['* f {"x":1}', '* g {"y":2}'],
  },
  'one after the other, without ids and indices': {
    lists: [[head('f', '')], [more('{"x":1}')], [head('g', '')], [more('{"y":2}')]],
    means: ['* f {"x":1}', '* g {"y":2}'],
  },
  'all under index 0, with ids of their own': {
    lists: [[head('f', '{"x":1}', { index: 0, id: 'a' })], [head('f', '{"x":2}', { index: 0, id: 'b' })]],
    means: ['a f {"x":1}', 'b f {"x":2}'],
  },
  'all under index 0, with heads first and the arguments by id': {
    lists: [
      [head('f', '', { index: 0, id: 'a' })],
      [head('g', '', { index: 0, id: 'b' })],
      [more('{"x":1}', { index: 0, id: 'a' })],
      [more('{"y":2}', { index: 0, id: 'b' })],
    ],
    means: ['a f {"x":1}', 'b g {"y":2}'],
  },
  'all under index 0, with empty ids': {
    lists: [
      [head('f', '{"x":1}', { index: 0, id: '' })],
      [head('f', '{"x":2}', { index: 0, id: '' })],
      [head('f', '{}', { index: 0, id: '' })],
      [head('f', '{}', { index: 0, id: '' })],
    ],
    means: ['* f {"x":1}', '* f {"x":2}', '* f {}', '* f {}'],
  },
  'all under index 0, in pieces and with empty ids': {
    lists: [
      [head('f', '', { index: 0 })],
      [more('{"x":1}', { index: 0 })],
      [head('f', '', { index: 0 })],
      [more('{"x":2}', { index: 0 })],
    ],
    means: ['* f {"x":1}', '* f {"x":2}'],
  },
  'the head of the second under the first index, its arguments under the next': {
    lists: [
      [head('f', '{"x":1}', { index: 0, id: 'a' })],
      [head('g', '', { index: 0, id: 'b' })],
      [more('{"y":', { index: 1 })],
      [more('2}', { index: 1 })],
    ],
    means: ['a f {"x":1}', 'b g {"y":2}'],
  },
  'the arguments of the second under the first index': {
    lists: [
      [head('f', '{"x":1}', { index: 0, id: 'a' })],
      [head('g', '', { index: 1, id: 'b' })],
      [more('{"y":2}', { index: 0 })],
    ],
    means: ['a f {"x":1}', 'b g {"y":2}'],
  },
  'an index that counts the chunks': {
    lists: [[head('f', '{"x":', { index: 0, id: 'a' })], [more('"y', { index: 1 })], [more('"}', { index: 1 })]],
    means: ['a f {"x":"y"}'],
  },
  'the same id and name in every piece': {
    lists: [
      [head('f', '{"x"', { index: 0, id: 'a' })],
      [head('f', ':1}', { index: 0, id: 'a' })],
      [head('f', '', { index: 0, id: 'a' })],
    ],
    means: ['a f {"x":1}'],
  },
  'the name in every piece, no id': {
    lists: [[head('f', '{"x"', { index: 0 })], [head('f', ':1}', { index: 0 })], [head('f', '', { index: 0 })]],
    means: ['* f {"x":1}'],
  },
  'a new id in every piece': {
    lists: [
      [head('f', '{"x"', { index: 0, id: 'a' })],
      [more(':1', { index: 0, id: 'b' })],
      [more('}', { index: 0, id: 'c' })],
      [more('', { index: 0, id: 'd' })],
    ],
    means: ['a f {"x":1}'],
  },
  'one id for two calls': {
    lists: [
      [head('f', '', { index: 0, id: 'a' })],
      [more('{"x":1}', { index: 0 })],
      [head('f', '', { index: 1, id: 'a' })],
      [more('{"x":2}', { index: 1, id: 'a' })],
    ],
    means: ['a f {"x":1}', '* f {"x":2}'],
  },
  'one id for two calls, in turns': {
    lists: [
      [head('f', '', { index: 0, id: 'a' })],
      [head('f', '', { index: 1, id: 'a' })],
      [more('{"x":', { index: 0, id: 'a' })],
      [more('{"x":2}', { index: 1, id: 'a' })],
      [more('1}', { index: 0, id: 'a' })],
    ],
    means: ['a f {"x":1}', '* f {"x":2}'],
  },
  'one id for two calls of one index': {
    lists: [
      [head('f', '{"x":1}', { index: 0, id: 'f' })],
      [head('f', '{"x":2}', { index: 0, id: 'f' })],
      [head('g', '{}', { index: 0, id: 'f' })],
    ],
    means: ['f f {"x":1}', '* f {"x":2}', '* g {}'],
  },
  'the id after the name': {
    lists: [[head('f', '', { index: 0 })], [more('', { index: 0, id: 'a' })], [more('{"x":1}', { index: 0 })]],
    means: ['a f {"x":1}'],
  },
  'the id after the arguments, which is too late': {
    lists: [[head('f', '{"x"', { index: 0 })], [more(':1}', { index: 0, id: 'a' })], [more('', { id: 'a', index: 0 })]],
    means: ['* f {"x":1}'],
  },
  'the id before the name': {
    lists: [[{ index: 0, id: 'a', type: 'function' }], [head('f', '{"x":1}', { index: 0 })]],
    means: ['a f {"x":1}'],
  },
  'the arguments before the name': {
    lists: [[more('{"x"', { index: 0 })], [more(':1}', { index: 0, id: 'a' })], [head('f', undefined, { index: 0 })]],
    means: ['a f {"x":1}'],
  },
  'the arguments of a second call before its name': {
    lists: [
      [head('f', '{"x":1}', { index: 0, id: 'a' })],
      [more('{"y":2}', { index: 1 })],
      [head('g', '', { index: 1, id: 'b' })],
    ],
    means: ['a f {"x":1}', 'b g {"y":2}'],
  },
  'the arguments once more as a whole, in the last chunk': {
    lists: [
      [head('f', '{"x"', { index: 0, id: 'a' })],
      [more(':1}', { index: 0, id: 'a' })],
      [head('f', '{ "x": 1 }', { index: 0, id: 'a' })],
    ],
    means: ['a f {"x":1}'],
  },
  'the arguments as a whole before they were complete': {
    lists: [[head('f', '{"x"', { index: 0, id: 'a' })], [more('{"x":1}', { index: 0 })]],
    means: ['a f {"x":1}'],
  },
  'all that came before in every piece': {
    lists: [
      [head('f', '{"x', { index: 0, id: 'a' })],
      [more('{"x":', { index: 0 })],
      [more('{"x":', { index: 0 })],
      [more('{"x":1}', { index: 0 })],
      [more('{"x":1}', { index: 0 })],
    ],
    means: ['a f {"x":1}'],
  },
  'pieces that only look like repetitions': {
    lists: [[head('f', '{"x":', { index: 0, id: 'a' })], [more('{"x":1}', { index: 0 })], [more('}', { index: 0 })]],
    means: ['a f {"x":{"x":1}}'],
  },
  'a last piece that only looks like a repetition': {
    lists: [[head('f', '{"x":', { index: 0, id: 'a' })], [more('{"x":{}}}', { index: 0 })]],
    means: ['a f {"x":{"x":{}}}'],
  },
  'an empty object in the head, then the arguments': {
    lists: [[head('f', '{}', { index: 0, id: 'a' })], [more('{"x"', { index: 0 })], [more(':1}', { index: 0 })]],
    means: ['a f {"x":1}'],
  },
  'objects in place of text': {
    lists: [[head('f', { x: 1 }, { index: 0, id: 'a' }), head('g', [], { index: 1, id: 'b' })]],
    means: ['a f {"x":1}', 'b g {}'],
  },
  'no arguments, in every spelling': {
    lists: [
      [undefined, null, '', ' ', 'null', '{}', {}].map((text, index) => head('f', text, { index, id: `c${index}` })),
      [more('nu', { index: 7, id: 'c7' })],
      [head('f', 'll', { index: 7, id: 'c7' })],
    ],
    means: [0, 1, 2, 3, 4, 5, 6, 7].map((index) => `c${index} f {}`),
  },
  'arguments that are no JSON': {
    lists: [[head('f', 'city=', { index: 0, id: 'a' })], [more('Oslo', { index: 0 })], [more('city=', { index: 0 })]],
    means: ['a f city=Oslocity='],
  },
  'what no call can be made of': {
    lists: [[more('{"x":1}', { index: 3 })], [{ index: 4, id: 'z' }]],
    means: [],
  },
}

const spelled = (calls: ReturnType<typeof readChunks>['calls'], means: readonly string[]): readonly string[] =>
  calls.map(
    ({ id, name, arguments: text }, position) => `${means[position]?.startsWith('*') ? '*' : id} ${name} ${text}`,
  )

describe('calls in a stream', () => {
  test.each(Object.entries(rows))('%s', (_, { lists, means }) => {
    const read = readChunks([
      ...lists.map((calls) => chunk({ content: 'I look.', tool_calls: calls })),
      chunk({}, 'tool_calls'),
      counted({ prompt_tokens: 1, completion_tokens: 2 }),
      done,
    ])
    expect(spelled(read.calls, means)).toEqual(means)
    expect(new Set(read.calls.map(({ id }) => id)).size).toBe(means.length)
    expect(read.finishes).toEqual([[means.length > 0 ? 'tool_calls' : 'stop', 'tool_calls']])
    expect(read.error).toBeUndefined()
  })

  test('the older way to call, alone and beside the newer', () => {
    const old = [
      chunk({ function_call: { name: 'f', arguments: '{"x"' } }),
      chunk({ function_call: { arguments: ':1}' } }),
    ]
    expect(readChunks([...old, chunk({}, 'function_call'), done]).calls).toMatchObject([
      { name: 'f', arguments: '{"x":1}' },
    ])
    const both = old.map((one, at) => {
      const [{ delta }] = Object(one).choices
      return chunk({
        ...delta,
        tool_calls: [{ index: 0, ...(at === 0 && { id: 'a' }), function: delta.function_call }],
      })
    })
    expect(readChunks([...both, chunk({}, 'tool_calls'), done]).calls).toEqual([
      { id: 'a', name: 'f', arguments: '{"x":1}' },
    ])
  })

  test('of an answer that is cut have no end invented', () => {
    const calls = [head('f', '{"x":', { index: 0, id: 'a' }), head('g', '', { index: 1, id: 'b' })]
    const read = readChunks([chunk({ tool_calls: calls }), chunk({}, 'length'), done])
    expect(read.calls.map((call) => call.arguments)).toEqual(['{"x":', ''])
    expect(read.finishes).toEqual([['length', 'length']])
  })

  test('go on under an index that nobody began, as they are written', () => {
    const read = readChunks([
      chunk({ tool_calls: [head('f', '{}', { index: 0, id: 'a' })] }),
      chunk({ tool_calls: [head('g', '', { index: 0, id: 'b' })] }),
      chunk({ tool_calls: [more('{"y":', { index: 1 })] }),
      chunk({ tool_calls: [more('2}', { index: 1 })] }),
      chunk({ content: 'then' }),
      chunk({}, 'stop'),
      done,
    ])
    const text = read.events.findIndex(({ type }) => type === 'text-delta')
    const before = read.events.slice(0, text)
    expect(before.flatMap((event) => (event.type === 'tool-call-delta' ? [event.arguments] : []))).toEqual([
      '{"y":',
      '2}',
    ])
  })

  test('of a message beside the delta are the same calls', () => {
    const both = (text: string, soFar: string): Json => ({
      choices: [
        {
          index: 0,
          delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: text } }] },
          message: { tool_calls: [{ id: 'a', function: { name: 'f', arguments: soFar } }] },
          finish_reason: null,
        },
      ],
    })
    const read = readChunks([both('{"x"', '{"x"'), both(':1}', '{"x":1}'), chunk({}, 'stop'), done])
    expect(spelled(read.calls, [])).toEqual(['a f {"x":1}'])
  })

  test('begin when their name came, with an id or with arguments', () => {
    const begun = (first: Json) => {
      const read = readChunks([chunk({ tool_calls: [first] }), chunk({ content: 'then' }), chunk({}, 'stop'), done])
      const types = read.events.map(({ type }) => type)
      return types.indexOf('tool-call-start') >= 0 && types.indexOf('tool-call-start') < types.indexOf('text-delta')
    }
    expect(begun(head('f', '', { index: 0, id: 'a' }))).toBe(true)
    expect(begun(head('f', '{"x"', { index: 0 }))).toBe(true)
    expect(begun(head('f', '', { index: 0 }))).toBe(false)
  })

  test('that a last message lists in another order are known by their ids', () => {
    const calls = [head('f', '{"x":', { index: 0, id: 'a' }), head('g', '', { index: 1, id: 'b' })]
    const message = {
      tool_calls: [head('g', '{"y":2}', { id: 'b' }), head('f', '{"x":1}', { id: 'a' }), {}, 'no call'],
    }
    const read = readChunks([chunk({ tool_calls: calls }), { choices: [{ message, finish_reason: 'stop' }] }, done])
    expect(spelled(read.calls, [])).toEqual(['a f {"x":1}', 'b g {"y":2}'])
  })

  test('are remembered up to a number, and up to a length without a name', () => {
    const many = (count: number, entry: (index: number) => Json) =>
      readChunks([
        chunk({ tool_calls: Array.from({ length: count }, (_, index) => entry(index)) }),
        chunk({}, 'stop'),
        done,
      ])
    const named = (index: number) => head('f', '{}', { index, id: `c${index}` })
    expect(many(60_000, named).calls).toHaveLength(60_000)
    expect(() => many(65_537, named)).toThrow('The provider sent more than 65536 tool calls.')
    expect(many(1_000, (index) => head(undefined, '', { index, id: `c${index}` })).error).toBe(
      'The provider sent an empty answer.',
    )
    expect(() => many(1_001, (index) => head(undefined, '', { index, id: `c${index}` }))).toThrow(
      'tool calls without names',
    )
    expect(() => many(2, (index) => head(undefined, 'x'.repeat(600_000), { index }))).toThrow(
      'a tool call without a name',
    )
  })

  test('come as they are written, a piece an event', () => {
    const pieces = ['{"c', 'ity":', '"Os', 'lo"}']
    const read = readChunks([
      chunk({ tool_calls: [head('f', '', { index: 0, id: 'a' })] }),
      ...pieces.map((text) => chunk({ tool_calls: [more(text, { index: 0 })] })),
      chunk({}, 'tool_calls'),
      done,
    ])
    expect(read.events.flatMap((event) => (event.type === 'tool-call-delta' ? [event.arguments] : []))).toEqual(pieces)
  })
})

test('in a whole message each entry is a call, whatever its id', () => {
  const calls = [head('f', '{}', { id: 'a' }), head('f', '{}', { id: 'a' }), head('f', 'null'), head('g')]
  const read = readWhole({
    choices: [{ index: 0, message: { role: 'assistant', tool_calls: calls }, finish_reason: 'stop' }],
  })
  expect(read.calls.map((call) => `${call.name} ${call.arguments}`)).toEqual(['f {}', 'f {}', 'f {}', 'g {}'])
  expect(new Set(read.calls.map(({ id }) => id)).size).toBe(4)
  expect(read.calls[0]?.id).toBe('a')
})

describe('whatever way hosts tell them, the calls that are meant come out', () => {
  const intended = fc.array(
    fc.record({
      name: fc.constantFrom('f', 'g'),
      input: fc
        .tuple(
          fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
          fc.constantFrom(0, 0, 300, 9_000),
        )
        .map(([input, length]) => (length === 0 ? input : { ...input, pad: 'é'.repeat(length) })),
    }),
    { minLength: 1, maxLength: 4 },
  )
  const shape = fc.record({
    index: fc.constantFrom('own', 'none', 'zero'),
    id: fc.constantFrom('head', 'every', 'fresh', 'empty', 'late', 'shared'),
    text: fc.constantFrom('pieces', 'cumulative', 'whole', 'again'),
    name: fc.constantFrom('head', 'every', 'last'),
    order: fc.constantFrom('in turn', 'interleaved', 'heads first'),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
  })

  test('in any shape that tells the calls apart', () => {
    fc.assert(
      fc.property(intended, shape, (calls, received) => {
        fc.pre(tellsApart(received))
        const texts = calls.map(({ input }) => JSON.stringify(input))
        const names = calls.map(({ name }) => name)
        const read = readChunks([
          ...emit(names, texts, received).map((list) => chunk({ tool_calls: list })),
          chunk({}, 'tool_calls'),
          done,
        ])
        const came = read.calls.map(({ name, arguments: text }) => `${name} ${text}`)
        const meant = names.map((name, position) => `${name} ${texts[position]}`)
        // Calls begin in the order of their names.
        if (received.name === 'last' && received.order !== 'in turn') expect(came.toSorted()).toEqual(meant.toSorted())
        else expect(came).toEqual(meant)
        expect(new Set(read.calls.map(({ id }) => id)).size).toBe(calls.length)
      }),
      { numRuns: 3_000 },
    )
  })
})

type Shape = ReturnType<typeof shapeOf>
const shapeOf = () => ({ index: '', id: '', text: '', name: '', order: '', cuts: [] as readonly number[] })

/** Whether any reader could know which call a piece belongs to. */
function tellsApart({ index, id, text, name, order }: Shape): boolean {
  const byId = id === 'every'
  if (index !== 'own' && !byId && order !== 'in turn') return false
  // A call begins with its name where neither id nor index identifies it.
  if (index !== 'own' && id !== 'every' && id !== 'head' && (name !== 'head' || text === 'again')) return false
  if (index !== 'own' && name === 'last') return false
  if (id === 'shared' && (index !== 'own' || name !== 'head')) return false
  if (id === 'fresh' && (name !== 'head' || index !== 'own' || text === 'again')) return false
  if (id === 'late' && (name !== 'head' || index !== 'own')) return false
  if (id === 'empty' && name === 'every' && text === 'again') return false
  return true
}

/** Returns the chunks of a host that sends calls in this form. */
function emit(names: readonly string[], texts: readonly string[], shape: Shape): readonly (readonly Json[])[] {
  let fresh = 0
  const perCall = texts.map((text, call) => {
    const pieces = piecesOf(text, shape)
    return pieces.map((piece, position): Json => {
      const isFirst = position === 0
      const isLast = position === pieces.length - 1
      const id = {
        head: isFirst ? `id${call}` : undefined,
        every: `id${call}`,
        fresh: `fresh${fresh++}`,
        empty: '',
        late: position === Math.min(1, pieces.length - 1) ? `id${call}` : undefined,
        shared: isFirst ? 'id' : undefined,
      }[shape.id]
      const isNamed = shape.name === 'every' || (shape.name === 'last' ? isLast : isFirst)
      return {
        ...(shape.index === 'own' && { index: call }),
        ...(shape.index === 'zero' && { index: 0 }),
        ...(id !== undefined && { id }),
        function: { ...(isNamed && { name: names[call] }), arguments: piece },
      }
    })
  })
  if (shape.order === 'in turn') return perCall.flat().map((piece) => [piece])
  const longest = Math.max(...perCall.map(({ length }) => length))
  const rounds = Array.from({ length: longest }, (_, round) =>
    perCall.flatMap((pieces) => pieces.slice(round, round + 1)),
  )
  if (shape.order === 'interleaved') return rounds.flat().map((piece) => [piece])
  const [heads = [], ...rest] = rounds
  return [heads, ...rest.flat().map((piece) => [piece])]
}

function piecesOf(text: string, { text: how, cuts, name }: Shape): readonly string[] {
  const places = [...new Set(cuts.map((cut) => 1 + (cut % text.length)))].sort((one, other) => one - other)
  const ends = [...places.filter((place) => place < text.length), text.length]
  const pieces = ends.map((end, position) => text.slice(ends[position - 1] ?? 0, end))
  const beginning = name === 'last' ? [] : ['']
  switch (how) {
    case 'whole':
      return [text]
    case 'cumulative':
      return [...beginning, ...ends.map((end) => text.slice(0, end))]
    case 'again':
      return [...beginning, ...pieces, text]
    default:
      return [...beginning, ...pieces]
  }
}
