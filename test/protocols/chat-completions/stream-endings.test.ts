import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunk, chunksOf, counted, done, type Json, type Read, readChunks, readText, readWhole } from './read-reply.ts'

const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
const say = (content: string, finish: unknown = null): Json => chunk({ content }, finish)
const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }

/** Returns the parts of a stream that the tests compare: its text, its finish, or its error. */
const brief = ({ text, finishes, error, saidAfterFinish }: Read) =>
  error === undefined ? [text, ...finishes.flat(), ...(saidAfterFinish ? ['said after it'] : [])] : [text, error]

const cut = 'The provider ended the answer without a finish reason: it may be cut short.'

describe('a finish counts once, when the answer is over', () => {
  const rows: Readonly<Record<string, readonly [chunks: readonly (Json | string)[], means: readonly unknown[]]>> = {
    'the plain form': [
      [say('A'), say('B'), chunk({}, 'stop'), counted(usage), done],
      ['AB', 'stop', 'stop'],
    ],
    'an empty reason in every chunk': [
      [say('A', ''), say('B', ''), chunk({}, 'length'), done],
      ['AB', 'length', 'length'],
    ],
    'the word null in every chunk': [
      [say('A', 'null'), say('B', 'null'), chunk({}, 'stop'), done],
      ['AB', 'stop', 'stop'],
    ],
    'a reason in every chunk': [
      [say('A', 'stop'), say('B', 'stop'), counted(usage), done],
      ['AB', 'stop', 'stop'],
    ],
    'a reason in every chunk, and no [DONE]': [
      [say('A', 'stop'), say('B', 'stop'), counted(usage)],
      ['AB', 'stop', 'stop'],
    ],
    'a reason in every chunk, and a better one at the end': [
      [say('A', 'stop'), say('B', 'stop'), chunk({}, 'length'), done],
      ['AB', 'length', 'length'],
    ],
    'a reason before the words': [
      [chunk({ role: 'assistant' }, 'stop'), say('A'), say('B'), done],
      ['AB', 'stop', 'stop'],
    ],
    'words after the reason': [
      [say('A'), chunk({}, 'stop'), say('B'), done],
      ['AB', 'stop', 'stop'],
    ],
    'a reason with the last words': [
      [say('A'), say('B', 'stop')],
      ['AB', 'stop', 'stop'],
    ],
    'the reason twice': [
      [say('A'), chunk({}, 'length'), chunk({ content: '' }, 'length', { usage }), done],
      ['A', 'length', 'length'],
    ],
    'a plain reason after a better one': [
      [say('A'), chunk({}, 'content_filter'), chunk({}, 'stop'), done],
      ['A', 'content_filter', 'content_filter'],
    ],
    'a plain reason after calls': [
      [chunk(call), chunk({}, 'stop'), done],
      ['', 'tool_calls', 'stop'],
    ],
    'sources after the reason': [
      [say('A', 'stop'), { choices: [], citations: ['https://a.example/'] }],
      ['A', 'stop', 'stop'],
    ],
    'no reason, and [DONE]': [
      [say('A'), done],
      ['A', cut],
    ],
    'no reason, and no [DONE]': [[say('A')], ['A', cut]],
    'the word null alone': [
      [say('A', 'null'), done],
      ['A', cut],
    ],
    'a better reason after a plain one': [
      [say('A'), chunk({}, 'stop'), chunk({}, 'length'), done],
      ['A', 'length', 'length'],
    ],
    'an empty reason alone': [
      [say('A', ''), done],
      ['A', cut],
    ],
    'a reason in every chunk, and cut': [
      [say('A', 'stop'), say('B', 'stop')],
      ['AB', cut],
    ],
    'words after the reason, and cut': [
      [say('A'), chunk({}, 'stop'), say('B')],
      ['AB', cut],
    ],
  }
  test.each(Object.entries(rows))('%s', (_, [chunks, means]) => {
    expect(brief(readChunks(chunks))).toEqual(means)
  })

  test('of several choices, and all of them', () => {
    const two = (first: unknown, second: unknown): Json => ({
      id: 'x',
      choices: [
        { index: 0, delta: {}, finish_reason: first },
        { index: 1, delta: { content: 'B' }, finish_reason: second },
      ],
    })
    expect(brief(readChunks([say('A'), two('stop', 'length'), done]))).toEqual([
      'A',
      'stop',
      'stop',
      'length',
      'length',
    ])
    expect(readChunks([say('A'), two('stop', null), done]).error).toBe(cut)
    expect(readChunks([say('A'), two(null, 'stop'), done]).error).toBe(cut)
    expect(
      readWhole({
        choices: [
          { index: 0, message: { content: 'A' }, finish_reason: 'stop' },
          { index: 1, message: { content: 'B' }, finish_reason: null },
        ],
      }).error,
    ).toBe(cut)
  })

  const words = fc.array(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 })
  const reason = fc.constantFrom('stop', 'length', 'content_filter')
  const shape = fc.record({
    elsewhere: fc.constantFrom(null, '', 'null', undefined, 'same', 'stop'),
    last: fc.constantFrom('own chunk', 'with words', 'twice'),
    first: fc.boolean(),
    closing: fc.constantFrom('usage and done', 'done', 'usage'),
  })
  test('whatever way hosts tell it', () => {
    fc.assert(
      fc.property(words, reason, shape, (texts, meant, received) => {
        const before = received.elsewhere === 'same' ? meant : received.elsewhere
        const chunks: (Json | string)[] = texts.map((text, at) =>
          say(text, received.last === 'with words' && at === texts.length - 1 ? meant : before),
        )
        if (received.first) chunks.unshift(chunk({ role: 'assistant', content: '' }, meant))
        if (received.last !== 'with words') chunks.push(chunk({}, meant))
        if (received.last === 'twice') chunks.push(chunk({ content: '' }, meant, { usage }))
        if (received.closing !== 'done') chunks.push(counted(usage))
        if (received.closing !== 'usage') chunks.push(done)
        expect(brief(readChunks(chunks))).toEqual([texts.join(''), meant, meant])
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('an ending that says more than stop', () => {
  test('calls are not told of where there is none', () => {
    for (const native of ['tool_calls', 'function_call', 'tool_use']) {
      expect(brief(readChunks([say('I will read the file.'), chunk({}, native), done]))).toEqual([
        'I will read the file.',
        'stop',
        native,
      ])
    }
    expect(
      brief(readWhole({ choices: [{ message: { content: 'A', tool_calls: [] }, finish_reason: 'tool_calls' }] })),
    ).toEqual(['A', 'stop', 'tool_calls'])
  })

  test.each([
    ['NO_IMAGE', 'The provider sent an empty answer. Its finish reason is NO_IMAGE.'],
    ['OTHER', 'The provider sent an empty answer. Its finish reason is OTHER.'],
    ['stop', 'The provider sent an empty answer.'],
    ['tool_calls', 'The provider sent an empty answer. Its finish reason is tool_calls.'],
  ])('%s where nothing came', (native, message) => {
    for (const read of [
      readChunks([chunk({}, native), done]),
      readWhole({ choices: [{ message: { content: null }, finish_reason: native }] }),
    ]) {
      expect(read.error).toBe(message)
    }
  })

  test.each([
    ['content_filter', 'content_filter'],
    ['sensitive', 'content_filter'],
    ['length', 'length'],
    ['abort', 'error'],
    ['insufficient_system_resource', 'error'],
  ])('%s where nothing came is an ending', (native, reason) => {
    expect(brief(readChunks([chunk({}, native), done]))).toEqual(['', reason, native])
  })
})

describe('usage', () => {
  const counts = (prompt: number, completion: number): Json => ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  })
  const withUsage = (content: string, given: Json | null): Json => chunk({ content }, null, { usage: given })
  const end = chunk({}, 'stop')
  const rows: Readonly<Record<string, readonly [chunks: readonly (Json | string)[], means: readonly unknown[]]>> = {
    'an empty object after the counts': [
      [say('A'), chunk({}, 'stop', { usage: counts(1000, 500) }), counted({}), done],
      [1000, 500],
    ],
    'zeros after the counts': [
      [say('A'), chunk({}, 'stop', { usage: counts(1000, 500) }), counted(counts(0, 0)), done],
      [1000, 500],
    ],
    'nulls after the counts': [
      [
        say('A'),
        chunk({}, 'stop', { usage: counts(1000, 500) }),
        counted({ prompt_tokens: null, completion_tokens: null }),
        done,
      ],
      [1000, 500],
    ],
    'smaller counts after the counts': [
      [say('A'), chunk({}, 'stop', { usage: counts(1000, 500) }), counted(counts(10, 5)), done],
      [1000, 500],
    ],
    'one field after the other': [
      [say('A'), chunk({}, 'stop', { usage: { prompt_tokens: 10 } }), counted({ completion_tokens: 5 }), done],
      [10, 5],
    ],
    'details alone at the end': [
      [
        say('A'),
        chunk({}, 'stop', { usage: counts(10, 5) }),
        counted({ prompt_tokens_details: { cached_tokens: 7 } }),
        done,
      ],
      [10, 5, 7],
    ],
    'details that are emptied': [
      [
        withUsage('A', { ...counts(10, 5), prompt_tokens_details: { cached_tokens: 7 } }),
        end,
        counted({ ...counts(10, 6), prompt_tokens_details: { cached_tokens: 0 } }),
        done,
      ],
      [10, 6, 7],
    ],
    'what is no count after the counts': [
      [say('A'), end, counted(counts(10, 5)), counted({ prompt_tokens: 1e300, completion_tokens: 5 }), done],
      [10, 5],
    ],
    'of the whole so far, in every chunk': [
      [withUsage('a', counts(10, 10)), withUsage('b', counts(10, 50)), withUsage('c', counts(10, 100)), end, done],
      [10, 100],
    ],
    'of the whole, in every chunk': [
      [withUsage('a', counts(10, 30)), withUsage('b', counts(10, 30)), withUsage('c', counts(10, 30)), end, done],
      [10, 30],
    ],
    'of the whole so far, counted now and then': [
      [
        withUsage('word ', counts(10, 3)),
        withUsage('word ', counts(10, 3)),
        withUsage('word ', counts(10, 3)),
        withUsage('word ', counts(10, 6)),
        end,
        done,
      ],
      [10, 6],
    ],
    'of the whole so far, with a mistake at the end': [
      [withUsage('a', counts(10, 10)), withUsage('b', counts(10, 50)), withUsage('c', counts(10, 5)), end, done],
      [10, 50],
    ],
    'of each chunk, a token each': [
      [...Array.from('abcdef', (text) => withUsage(text, counts(10, 1))), end, done],
      [10, 6],
    ],
    'of each chunk, several tokens each': [
      [
        withUsage('a few words ', counts(10, 3)),
        withUsage('words ', counts(10, 2)),
        withUsage('and words again', counts(10, 4)),
        end,
        done,
      ],
      [10, 9],
    ],
    'of each chunk, with the prompt in the first alone': [
      [
        withUsage('a few words ', counts(10, 3)),
        withUsage('words ', counts(0, 1)),
        withUsage('and words', counts(0, 2)),
        end,
        done,
      ],
      [10, 6],
    ],
    'of each chunk, with the sum at the end': [
      [withUsage('a few words ', counts(10, 3)), withUsage('words ', counts(10, 1)), end, counted(counts(10, 5)), done],
      [10, 5],
    ],
    'of each chunk, with nothing at the end': [
      [withUsage('a few words ', counts(10, 3)), withUsage('words ', counts(10, 1)), end, counted(counts(10, 0)), done],
      [10, 4],
    ],
  }
  test.each(Object.entries(rows))('%s', (_, [chunks, means]) => {
    const { usage: read } = readChunks(chunks)
    expect([read.promptTokens, read.completionTokens, ...(means.length > 2 ? [read.cachedTokens] : [])]).toEqual(means)
  })

  test('is what the whole came to, however the counts came', () => {
    const pieces = fc.array(
      fc.record({ text: fc.string({ minLength: 8, maxLength: 12 }), tokens: fc.integer({ min: 1, max: 8 }) }),
      { minLength: 2, maxLength: 12 },
    )
    const received = fc.constantFrom('at the end', 'so far', 'at the end, then nothing', 'so far, then nothing')
    fc.assert(
      fc.property(pieces, fc.nat(1000), received, (list, prompt, how) => {
        let sum = 0
        const chunks: (Json | string)[] = list.map(({ text, tokens }) => {
          sum += tokens
          return withUsage(text, how.startsWith('so far') ? counts(prompt, sum) : null)
        })
        chunks.push(end)
        if (how.startsWith('at the end')) chunks.push(counted(counts(prompt, sum)))
        if (how.endsWith('nothing')) chunks.push(counted({}), counted(counts(0, 0)))
        const { usage: read } = readChunks([...chunks, done])
        expect([read.promptTokens, read.completionTokens]).toEqual([prompt, sum])
      }),
    )
  })
})

describe('what stands between the chunks', () => {
  const plain = [say('Four '), say('words.'), chunk({}, 'stop'), counted(usage)]
  const means = ['Four words.', 'stop', 'stop']
  const noise = fc.constantFrom(
    'data:\n\n',
    'data: \n\n',
    'data\n\n',
    '\n',
    '\n\n\n',
    ': keep-alive\n\n',
    'event: ping\n\n',
    'event: ping\ndata:\n\n',
    'id: 7\nretry: 10\n\n',
    'data: null\n\n',
    'data: {}\n\n',
    'data:\ndata:\n\n',
    'data:   \n\n',
  )

  test('says nothing, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4), noise), { maxLength: 12 }),
        fc.constantFrom(
          '',
          'data: [DONE]\n\n',
          'data:[DONE]\n\n',
          'data: [DONE]\n',
          'data: [DONE] \n\ndata: [DONE]\n\n',
        ),
        (added, end) => {
          const texts = plain.map((one) => chunksOf([one]))
          for (const [at, text] of added) texts.splice(at, 0, text)
          expect(brief(readText(texts.join('') + end))).toEqual(means)
        },
      ),
    )
  })

  test.each([0, 1, 2])('[DONE] too early, before chunk %i', (at) => {
    expect(brief(readChunks([...plain.slice(0, at), done, ...plain.slice(at)]))).toEqual(means)
  })

  const whole = (message: Json, more: Json = {}): Json => ({
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage,
    ...more,
  })
  test.each([
    [
      'the whole message at the end',
      [say('Four '), say('words.'), whole({ role: 'assistant', content: 'Four words.' }), done],
      'Four words.',
    ],
    [
      'the whole message at the end, with more than the deltas',
      [say('Four '), whole({ content: 'Four words.' }), done],
      'Four words.',
    ],
    ['another text at the end', [say('Four '), say('words.'), whole({ content: 'words.' }), done], 'Four words.'],
    ['the message alone', [whole({ content: 'Four words.' }), done], 'Four words.'],
    ['the message twice', [whole({ content: 'Four words.' }), whole({ content: 'Four words.' }), done], 'Four words.'],
    [
      'the message so far in every chunk',
      ['Four', 'Four words', 'Four words.'].map((content) => whole({ content })),
      'Four words.',
    ],
    [
      'a long message at the end',
      [say('Four '.repeat(1_000)), say('words.'), whole({ content: `${'Four '.repeat(1_000)}words. Yes.` })],
      `${'Four '.repeat(1_000)}words. Yes.`,
    ],
    [
      'long messages so far',
      [1, 2, 3].map((times) => whole({ content: 'Four words. '.repeat(100 * times) })),
      'Four words. '.repeat(300),
    ],
    ['messages in place of deltas', ['Four ', 'words', '.'].map((content) => whole({ content })), 'Four words.'],
    [
      'both in every chunk',
      ['Four ', 'words.']
        .map((content, at) => ({
          choices: [
            { index: 0, delta: { content }, message: { content: ['Four ', 'Four words.'][at] }, finish_reason: 'stop' },
          ],
        }))
        .concat(),
      'Four words.',
    ],
    [
      'an empty message beside deltas',
      [
        ...['Four ', 'words.'].map((content) => ({
          choices: [{ index: 0, delta: { content }, message: {}, finish_reason: null }],
        })),
        chunk({}, 'stop'),
        done,
      ],
      'Four words.',
    ],
  ])('%s', (_, chunks, text) => {
    const read = readChunks([...chunks, done])
    expect(brief(read)).toEqual([text, 'stop', 'stop'])
  })

  test('of a whole message at the end, only what is new is told', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://a.example/' } }]
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }]
    const message = {
      content: 'Yes.',
      reasoning_content: 'Hm. So.',
      refusal: 'No.',
      annotations,
      images,
      tool_calls: [
        { id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
        { function: { name: 'g', arguments: '{}' } },
      ],
    }
    const deltas = [
      chunk({ reasoning_content: 'Hm. ' }),
      chunk({ content: 'Yes.' }),
      chunk({ refusal: 'No.' }),
      chunk({ annotations }),
      chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }] }),
    ]
    const read = readChunks([...deltas, whole(message), done])
    expect(read).toMatchObject({ text: 'Yes.', reasoning: 'Hm. So.', error: undefined })
    expect(read.calls.map(({ name, arguments: text }) => `${name} ${text}`)).toEqual(['f {"x":1}', 'g {}'])
    const kinds = read.events.map(({ type }) => type)
    expect(kinds.filter((type) => type === 'annotation')).toHaveLength(1)
    expect(kinds.filter((type) => type === 'image')).toHaveLength(1)
    expect(kinds.filter((type) => type === 'refusal-delta')).toHaveLength(1)
  })

  test('thoughts in details are not told again by the whole message', () => {
    const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 's', format: null, index: 0 }]
    const read = readChunks([
      chunk({ reasoning_details: details }),
      say('Yes.'),
      whole({ content: 'Yes.', reasoning_details: details }),
      done,
    ])
    expect([read.reasoning, read.text]).toEqual(['Hm.', 'Yes.'])
  })

  test.each([
    ['an empty text', ''],
    ['white space', ' '],
    ['an empty object', {}],
    ['nothing in it', { message: '', code: 0 }],
    ['null', null],
    ['false', false],
    ['an empty list', []],
  ])('%s as the error beside content is none', (_, error) => {
    const chunks = plain.map((one) => ({ ...one, error }))
    expect(brief(readChunks([...chunks, done]))).toEqual(means)
    expect(brief(readWhole({ choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }], error }))).toEqual([
      'Yes.',
      'stop',
      'stop',
    ])
  })
})

describe('thoughts between tags and in a field of their own', () => {
  const tags = { thinkTags: true }
  const thinks = (reasoning: string, content: string): Json => chunk({ reasoning_content: reasoning, content })
  const rows: Readonly<Record<string, readonly [deltas: readonly Json[], reasoning: string, text: string]>> = {
    'in step': [
      [
        thinks('The user', '<think>\nThe user'),
        thinks(' greets.', ' greets.'),
        say('\n</think>\n\nHi'),
        say(' there.'),
      ],
      'The user greets.',
      'Hi there.',
    ],
    'the field first': [[chunk({ reasoning_content: 'Hm.' }), say('<think>Hm.</think>Hi')], 'Hm.', 'Hi'],
    'the field first, the tags in pieces': [
      [chunk({ reasoning_content: 'Hm.' }), say('<thi'), say('nk>H'), say('m.</th'), say('ink>'), say(' Hi')],
      'Hm.',
      'Hi',
    ],
    'the tags first': [
      [say('<think>'), thinks('Hm. ', 'Hm. '), thinks('So.', 'So.'), say('</think>Hi')],
      'Hm. So.',
      'Hi',
    ],
    'the field after the tags': [
      [say('<think>Hm. So.</think>Hi'), chunk({ reasoning_content: 'Hm. So.' })],
      'Hm. So.',
      'Hi',
    ],
    'the field after the tags, with more': [
      [say('<think>Hm.'), chunk({ reasoning_content: 'Hm. So.' }), say(' So.</think>Hi')],
      'Hm. So.',
      'Hi',
    ],
    'no thought between the tags': [
      [chunk({ reasoning_content: 'Hm.' }), say('<think>\n\n</think>\n\nHi')],
      'Hm.',
      'Hi',
    ],
    'in other words': [
      [chunk({ reasoning_content: 'A summary.' }), say('<think>The thought.</think>Hi')],
      'A summary.',
      'Hi',
    ],
    'cut within the tags': [[thinks('Hm. So', '<think>Hm. So')], 'Hm. So', ''],
    'tags that are words of the answer': [
      [chunk({ reasoning_content: 'Hm.' }), say('<think> is a tag')],
      'Hm.',
      '<think> is a tag',
    ],
    'the field after the tags, with space before it': [
      [say('<think>Hm.</think>Hi'), chunk({ reasoning_content: '\nHm.' })],
      'Hm.',
      'Hi',
    ],
    'long thoughts, told twice': [
      [
        say(`<think>${'Hm. '.repeat(30_000)}So.</think>Hi`),
        chunk({ reasoning_content: `${'Hm. '.repeat(30_000)}So. Then.` }),
      ],
      `${'Hm. '.repeat(30_000)}So. Then.`,
      'Hi',
    ],
    'other thoughts after the tags': [
      [say('<think>Hm.</think>'), chunk({ reasoning_content: 'Well.' }), say('Hi')],
      'Hm.Well.',
      'Hi',
    ],
  }
  test.each(Object.entries(rows))('%s', (_, [deltas, reasoning, text]) => {
    const read = readChunks([...deltas, chunk({}, 'stop'), done], tags)
    expect([read.reasoning.trim(), read.text]).toEqual([reasoning, text])
    expect(read.error).toBeUndefined()
  })

  test('in a whole message', () => {
    const message = { content: '<think>\nHm.\n</think>\n\nHi', reasoning_content: 'Hm.\n' }
    const read = readWhole({ choices: [{ message, finish_reason: 'stop' }] }, tags)
    expect([read.reasoning.trim(), read.text]).toEqual(['Hm.', 'Hi'])
  })

  test('a tag that is never closed is not held for ever', () => {
    const long = 'x'.repeat(100_000)
    const read = readChunks(
      [
        chunk({ reasoning_content: 'Hm.' }),
        say('<think>'),
        ...[1, 2, 3, 4].map(() => say(long)),
        chunk({}, 'stop'),
        done,
      ],
      tags,
    )
    expect(read.text).toBe(`<think>${long.repeat(4)}`)
    const texts = read.events.flatMap((event) => (event.type === 'text-delta' ? [event.text.length] : []))
    expect(texts).toEqual([100_007, 100_000, 100_000, 100_000])
  })
})
