import * as fc from 'fast-check'
import { Type } from 'typebox'
import { describe, expect, test, vi } from 'vitest'
import { chatRequest } from '../../../test/arbitraries/chat-request.ts'
import { completionsRequest } from '../../../test/arbitraries/completions-request.ts'
import { ChatCompletionsRequestSchema } from '../chat-completions/schema/request.ts'
import { CompletionsRequestSchema } from '../completions/schema/request.ts'
import { chatRequestRules, completionsRequestRules } from '../gateway-fields/schema/request-rules.ts'
import { compileValidator, describeIssues } from './validate.ts'

const validateChat = compileValidator(ChatCompletionsRequestSchema, chatRequestRules)
const validateCompletions = compileValidator(CompletionsRequestSchema, completionsRequestRules)

const messages = [{ role: 'user', content: 'hi' }]
const roles = new Set<unknown>(['user', 'assistant', 'tool', 'system', 'developer'])

const conversation = (length: number) => ({
  model: 'acme/m1',
  temperature: 0.7,
  messages: Array.from({ length }, () => ({
    role: 'user',
    content: [{ type: 'text', text: 'hello there '.repeat(20) }],
  })),
})

/** The values of a body, at any depth. */
const valuesIn = (body: unknown): number =>
  typeof body === 'object' && body !== null
    ? Object.values(body).reduce<number>((sum, value) => sum + valuesIn(value), 1)
    : 1

/** A body that counts how often its members are looked at. */
function watch(body: object): { readonly body: object; readonly looks: () => number } {
  let looks = 0
  const watched = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? new Proxy(value, handler) : value
  const handler: ProxyHandler<object> = {
    get(target, key) {
      looks++
      return watched(Reflect.get(target, key))
    },
    has(target, key) {
      looks++
      return Reflect.has(target, key)
    },
    ownKeys(target) {
      const keys = Reflect.ownKeys(target)
      looks += keys.length
      return keys
    },
  }
  return { body: new Proxy(body, handler), looks: () => looks }
}

function issuesOf(body: unknown) {
  const result = validateChat(body)
  return result.ok ? [] : result.issues
}

/** Replaces one value somewhere in the body; `choice` says where. */
function replaceOne(node: unknown, replacement: unknown, choice: number): unknown {
  const entries = typeof node === 'object' && node !== null ? Object.entries(node) : []
  if (entries.length === 0) return replacement
  const [key, child] = entries[choice % entries.length] ?? []
  const rest = Math.floor(choice / entries.length)
  const changed = rest % 3 === 0 ? replacement : replaceOne(child, replacement, Math.floor(rest / 3))
  if (Array.isArray(node)) return node.map((item, index) => (String(index) === key ? changed : item))
  return { ...Object.fromEntries(entries), [key ?? '']: changed }
}

describe('what the reader is told', () => {
  test.each([
    [{ messages, temperature: 2.1 }, 'temperature must be a number from 0 to 2, got 2.1'],
    [{ messages, top_k: -1 }, 'top_k must be an integer of at least 0, got -1'],
    [{ messages, stream: 'yes' }, 'stream must be a boolean, got a string'],
    [
      { messages, reasoning: { effort: 'huge' } },
      'reasoning.effort must be one of "max", "xhigh", "high", "medium", "low", "minimal", "none", got "huge"',
    ],
    [{ messages, transforms: ['x'] }, 'transforms[0] must be "middle-out", got "x"'],
    [{ messages, session_id: 'x'.repeat(257) }, 'session_id must be a string of at most 256 characters'],
    [{ messages, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop must have at most 4 items, got 5'],
    [{}, 'messages is required'],
    [{ messages: [{ role: 'user' }], top_p: 2 }, 'messages[0].content is required (and 1 more issue)'],
    [
      { messages: [{ role: 'robot', content: '' }] },
      'messages[0].role must be one of "user", "assistant", "tool", "system", "developer", got "robot"',
    ],
    [
      { messages: [{ content: '' }] },
      'messages[0].role is required: one of "user", "assistant", "tool", "system", "developer"',
    ],
    [
      { messages, response_format: { type: 'json_schema', json_schema: { name: 'a b' } } },
      'response_format.json_schema.name must be 1 to 64 letters, digits, "_" or "-"',
    ],
    [
      { messages, provider: { max_price: { prompt: '-1' } } },
      'provider.max_price.prompt must be a number of at least 0',
    ],
    [[], 'the request body must be an object, got an array'],
  ])('%j', (body, sentence) => {
    expect(describeIssues(issuesOf(body))).toBe(sentence)
  })

  test('a union of which the value is right is not blamed for a fault elsewhere', () => {
    const either = Type.Union([Type.String({ maxLength: 1 }), Type.String({ minLength: 5 })])
    const validate = compileValidator(Type.Object({ either, count: Type.Integer() }))
    expect(validate({ either: 'x', count: 0.5 })).toMatchObject({ ok: false, issues: [{ path: 'count' }] })
  })

  test('a tool that is not run here is named, with those that are', () => {
    const sentence = describeIssues(issuesOf({ messages, tools: [{ type: 'openrouter:bash' }] }))
    expect(sentence).toMatch(
      /^tools\[0\]\.type must be one of "function", .*"openrouter:web_search", .*, got "openrouter:bash"$/,
    )
  })

  test('an unknown provider key is named, with those that are known', () => {
    const sentence = describeIssues(issuesOf({ messages, provider: { bogus: true } }))
    expect(sentence).toMatch(
      /^provider\.bogus is not a known key; known are order, only, .*preferred_max_latency, options$/,
    )
  })

  test('at most 20 issues are told', () => {
    expect(issuesOf({ messages: Array.from({ length: 100_000 }, () => 5) })).toHaveLength(20)
    const provider = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, 1]))
    expect(issuesOf({ messages, provider })).toHaveLength(20)
  })

  test('a fault beyond what is worth looking at is still refused', () => {
    const many: unknown[] = Array.from({ length: 150_000 }, () => messages[0])
    expect(issuesOf({ messages: [...many, 5] })).toEqual([
      { path: '', message: expect.stringMatching(/^does not match its schema, somewhere after the first \d+ values$/) },
    ])
  })

  test('what stands in the wrong place is never repeated', () => {
    const secret = `sk-or-v1-${'0123456789abcdef'.repeat(4)}`
    fc.assert(
      fc.property(chatRequest, fc.nat(), (body, choice) => {
        expect(JSON.stringify(issuesOf(replaceOne(body, secret, choice)))).not.toContain(secret.slice(0, 41))
      }),
    )
  })
})

describe('bodies nobody thought of', () => {
  test('every valid chat body is accepted', () => {
    fc.assert(
      fc.property(chatRequest, (body) => {
        expect(validateChat(body)).toEqual({ ok: true, value: body })
      }),
    )
  })

  test('every valid completions body is accepted', () => {
    fc.assert(
      fc.property(completionsRequest, (body) => {
        expect(validateCompletions(body)).toEqual({ ok: true, value: body })
      }),
    )
  })

  const spoiled = fc.constantFrom<readonly [string, unknown]>(
    ['temperature', 2.5],
    ['top_p', '0.5'],
    ['seed', 0.5],
    ['stop', {}],
    ['model', []],
    ['models', 'a/b'],
    ['stream', 1],
    ['metadata', ['a']],
    ['user', {}],
    ['service_tier', 'x'],
    ['route', 5],
    ['provider', 'x'],
    ['plugins', {}],
    ['reasoning', 'high'],
    ['response_format', 'json'],
    ['logit_bias', [1]],
  )

  test.each([
    ['chat', chatRequest, validateChat],
    ['completions', completionsRequest, validateCompletions],
  ] as const)('one spoiled field of a %s body is found, and nothing else', (_, bodies, validate) => {
    fc.assert(
      fc.property<[object, readonly [string, unknown]]>(bodies, spoiled, (body, [path, value]) => {
        expect(validate({ ...body, [path]: value })).toMatchObject({ ok: false, issues: [{ path }] })
      }),
    )
  })

  test('one spoiled message is found, and nothing else', () => {
    fc.assert(
      fc.property(chatRequest, fc.nat(), fc.jsonValue(), (body, choice, value) => {
        fc.pre(!roles.has(value))
        const index = choice % body.messages.length
        const spoiled = body.messages.map((message, at) => (at === index ? { ...message, role: value } : message))
        expect(issuesOf({ ...body, messages: spoiled })).toMatchObject([{ path: `messages[${index}].role` }])
      }),
    )
  })

  test('any change to a valid body is either fine or explained', () => {
    fc.assert(
      fc.property(chatRequest, fc.jsonValue(), fc.nat(), (body, value, choice) => {
        const result = validateChat(replaceOne(body, value, choice))
        if (result.ok) return
        expect(result.issues.length).toBeGreaterThan(0)
        expect(describeIssues(result.issues)).not.toContain('somewhere after')
      }),
      { numRuns: 1000 },
    )
  })

  test('any JSON is answered, never thrown at', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(validateChat(body)).toMatchObject({ ok: false })
        expect(validateCompletions({ prompt: body })).toHaveProperty('ok')
      }),
    )
  })

  test.each([
    '{"__proto__": {"messages": []}}',
    '{"messages": [{"__proto__": {"role": "user", "content": ""}}]}',
    '{"messages": [{"role": "__proto__"}]}',
    '{"messages": [{"role": "user", "content": "a"}], "provider": {"__proto__": 1}}',
    '{"messages": [{"role": "user", "content": "a"}], "provider": {"constructor": 1}}',
    '{"messages": [{"role": "user", "content": "a"}], "metadata": {"__proto__": 1}}',
    '{"messages": [{"role": "user", "content": "a"}], "metadata": {"toString": {}}}',
    `{"messages": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
    `{"messages": [{"role": "user", "content": "a"}], "stop": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
  ])('%.80s is refused', (text) => {
    expect(validateChat(JSON.parse(text))).toMatchObject({ ok: false })
  })

  test.each([
    '{"messages": [{"role": "user", "content": "a"}], "__proto__": {"temperature": 5}}',
    `{"messages": [{"role": "user", "content": "a"}], "image_config": {"a": ${'['.repeat(5000)}${']'.repeat(5000)}}}`,
  ])('%.80s is none of our business', (text) => {
    expect(validateChat(JSON.parse(text))).toMatchObject({ ok: true })
  })
})

describe('fields that may have only so many items or keys are counted before anything in them is looked at', () => {
  /** A list or an object that tells when one of its values is read. */
  const untouchable = (target: object): object =>
    new Proxy(target, {
      get(_, key) {
        if (typeof key === 'string' && key !== 'length' && key in target) throw new Error(`${key} was looked at.`)
        return Reflect.get(target, key)
      },
    })
  const messages = [{ role: 'user', content: 'a' }]
  const biases = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x']))

  test.each([
    ['stop', Array.from({ length: 1_000_000 }, () => 1), 'must have at most 4 items, got 1000000'],
    ['logit_bias', biases(10_001), 'must have at most 10000 keys, got 10001'],
    ['metadata', biases(17), 'must have at most 16 keys, got 17'],
  ])('%s', (field, value, message) => {
    expect(validateChat({ messages, [field]: untouchable(value) })).toEqual({
      ok: false,
      issues: [{ path: field, message }],
    })
  })

  test('what is not too long is looked at', () => {
    expect(validateChat({ messages, stop: ['a', 'b', 'c', 1] })).toMatchObject({ ok: false })
    const most = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [index, 1]))
    expect(validateChat({ messages, logit_bias: most })).toMatchObject({ ok: true })
  })
})

describe('what it costs', () => {
  const url = `data:image/png;base64,${'A'.repeat(2_000_000)}`

  test.each([
    ['12 messages', conversation(12)],
    ['300 messages', conversation(300)],
    ['an image of 2 MB', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] }],
  ])('%s: a few looks at each value, and none through a long text', (_, body) => {
    const watched = watch(body)
    let furthest = 0
    const tried = vi.spyOn(RegExp.prototype, 'test').mockImplementation(function (this: RegExp, text) {
      // What an expression has found ends where it stopped to read; one that finds nothing may have read it all.
      const found = this.exec(text)
      furthest = Math.max(furthest, found === null ? text.length : found.index + found[0].length)
      return found !== null
    })
    try {
      expect(validateChat(watched.body)).toMatchObject({ ok: true })
    } finally {
      tried.mockRestore()
    }
    expect(furthest).toBeLessThan(1_000)
    expect(watched.looks()).toBeGreaterThan(valuesIn(body))
    expect(watched.looks()).toBeLessThan(20 * valuesIn(body))
  })
})
