import { describe, expect, test } from 'vitest'
import { compileValidator } from '../../schema/validate.ts'
import { MessageSchema } from './message.ts'

const validate = compileValidator(MessageSchema)

const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
const user = (...content: unknown[]) => ({ role: 'user', content })
const image = (url: string) => user({ type: 'image_url', image_url: { url } })
const audio = (data: string, format: string) => user({ type: 'input_audio', input_audio: { data, format } })
const file = (fields: object) => user({ type: 'file', file: fields })
const without = (key: keyof typeof call) => {
  const { [key]: _, ...rest } = call
  return { role: 'assistant', tool_calls: [rest] }
}

const accepted: readonly (readonly [string, object])[] = [
  ['contract row 9: system', { role: 'system', content: 'be kind', name: 'rules' }],
  ['contract row 9: developer with parts', { role: 'developer', content: [{ type: 'text', text: 'be kind' }] }],
  ['contract row 9: user', { role: 'user', content: '' }],
  ['contract row 9: assistant with null content and calls', { role: 'assistant', content: null, tool_calls: [call] }],
  ['contract row 9: tool', { role: 'tool', content: 'ok', tool_call_id: 'call_1' }],
  ['contract §2.1: assistant with nothing', { role: 'assistant' }],
  [
    'contract §2.1: an assistant message as SDKs send it back, with nulls',
    {
      role: 'assistant',
      content: 'a',
      tool_calls: null,
      refusal: null,
      audio: null,
      annotations: null,
      function_call: null,
    },
  ],
  [
    'contract §2.1: message-level cache_control and unknown keys',
    { role: 'user', content: 'a', cache_control: { type: 'ephemeral' }, foo: 1 },
  ],
  [
    'contract §2.1: a tool result of several kinds',
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'image_url', image_url: { url: 'https://a/b' } }] },
  ],
  ['contract §2.5: empty reasoning_details', { role: 'assistant', content: 'a', reasoning_details: [] }],
  [
    'contract §2.5: reasoning_details of each type',
    {
      role: 'assistant',
      content: 'a',
      reasoning_details: [
        { type: 'reasoning.text', text: 'hm', signature: null, format: 'anthropic-claude-v1', id: null, index: 0 },
        { type: 'reasoning.summary', summary: 'hm' },
        { type: 'reasoning.encrypted', data: 'xyz', format: 'some-later-format' },
        { type: 'reasoning.server_tool_call', tool_name: 'fusion', arguments: '{}', result: '{}' },
      ],
    },
  ],
  [
    'contract §2.3: annotations sent back',
    {
      role: 'assistant',
      content: 'a',
      annotations: [{ type: 'file', file: { hash: 'h', name: '' } }, { type: 'later' }],
    },
  ],
  [
    'contract row 10: image with detail',
    user({ type: 'image_url', image_url: { url: 'https://a/b.png', detail: 'low' } }),
  ],
  ['contract §2.2: image as data URL', image('data:image/webp;base64,AAAA')],
  ...['wav', 'mp3', 'flac', 'm4a', 'ogg', 'pcm16', 'pcm24', 'aiff'].map(
    (format) => [`contract row 10: audio ${format}`, audio('AAAA', format)] as const,
  ),
  ['contract row 10: input_video', user({ type: 'input_video', video_url: { url: 'https://a/b.mp4' } })],
  ['contract §10.6: video_url', user({ type: 'video_url', video_url: { url: 'https://a/b.mp4' } })],
  [
    'contract §2.2: file by data',
    file({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA', file_id: null }),
  ],
  ['contract §2.2: file by id', file({ file_id: 'file-1' })],
]

const refused: readonly (readonly [string, object, string])[] = [
  ['contract row 5: robot', { role: 'robot', content: 'a' }, 'role'],
  ['contract row 5: no role', { content: 'a' }, 'role'],
  ['contract row 5: user without content', { role: 'user' }, 'content'],
  ['contract row 5: user with null content', { role: 'user', content: null }, 'content'],
  ['contract row 5: tool without tool_call_id', { role: 'tool', content: 'a' }, 'tool_call_id'],
  [
    'contract row 5: call without arguments',
    { role: 'assistant', tool_calls: [{ ...call, function: { name: 'f' } }] },
    'tool_calls[0].function.arguments',
  ],
  [
    'contract row 5: arguments as object',
    { role: 'assistant', tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] },
    'tool_calls[0].function.arguments',
  ],
  ['contract §2.4: call without id', without('id'), 'tool_calls[0].id'],
  ['contract §2.4: call without type', without('type'), 'tool_calls[0].type'],
  ['contract §2.4: call without function', without('function'), 'tool_calls[0].function'],
  ['contract §2.1: system with an image', { role: 'system', content: image('https://a/b').content }, 'content[0].type'],
  ['contract §2.1: name as number', { role: 'user', content: 'a', name: 5 }, 'name'],
  ['contract §2.2: unknown part', user({ type: 'hologram' }), 'content[0].type'],
  ['contract §2.2: refusal part', user({ type: 'refusal', refusal: 'no' }), 'content[0].type'],
  [
    'contract §2.2: thinking part',
    user({ type: 'text', text: 'a' }, { type: 'thinking', thinking: 'hm' }),
    'content[1].type',
  ],
  ['contract §2.2: text without text', user({ type: 'text' }), 'content[0].text'],
  ['contract §2.2: part as string', user('a'), 'content[0]'],
  ['contract §2.2: image of another scheme', image('ftp://a/b.png'), 'content[0].image_url.url'],
  ['contract §2.2: image as other data', image('data:text/html;base64,AAAA'), 'content[0].image_url.url'],
  ['contract §2.2: image not in base64', image('data:image/png,AAAA'), 'content[0].image_url.url'],
  ['contract §2.2: image as string', user({ type: 'image_url', image_url: 'https://a/b' }), 'content[0].image_url'],
  [
    'contract §10.7: unknown detail',
    user({ type: 'image_url', image_url: { url: 'https://a', detail: 'ultra' } }),
    'content[0].image_url.detail',
  ],
  ['contract §2.2: audio without data', audio('', 'wav'), 'content[0].input_audio.data'],
  ['contract §2.2: audio without format', audio('AAAA', ''), 'content[0].input_audio.format'],
  ['contract §2.2: file with neither', file({ filename: 'a.pdf' }), 'content[0].file'],
  ['contract §2.2: file with empty data', file({ file_data: '' }), 'content[0].file'],
  [
    'contract §2.2: bad ttl',
    user({ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1d' } }),
    'content[0].cache_control.ttl',
  ],
]

describe('a message', () => {
  test.each(accepted)('%s: is accepted', (_, message) => {
    expect(validate(message)).toMatchObject({ ok: true })
  })

  test.each(refused)('%s: is refused', (_, message, path) => {
    expect(validate(message)).toMatchObject({ ok: false, issues: [{ path }] })
  })
})
