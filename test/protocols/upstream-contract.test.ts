import { chatCompletions } from '../../src/simulator/protocols/chat-completions/chat-completions.ts'
import { cohereChat } from '../../src/simulator/protocols/cohere-chat/cohere-chat.ts'
import { awsEvent } from '../../src/simulator/protocols/converse/aws-event-stream.ts'
import { converse } from '../../src/simulator/protocols/converse/converse.ts'
import { generateContent } from '../../src/simulator/protocols/generate-content/generate-content.ts'
import { messages } from '../../src/simulator/protocols/messages/messages.ts'
import { responses } from '../../src/simulator/protocols/responses/responses.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { describeUpstreamProtocol, type ProtocolUnderTest } from '../contract/upstream-protocol.ts'
import { examples } from './languages/examples.ts'
import { languageNamed } from './languages/languages.ts'

const endpoint: Endpoint = {
  id: 'acme/m1@prov-a',
  model: 'acme/m1',
  provider: 'prov-a',
  providerName: 'Prov A',
  tag: 'prov-a',
  tier: 'default',
  upstreamModel: '',
  pricing: { prompt: 0, completion: 0 },
  contextLength: null,
  maxCompletionTokens: null,
  quantization: null,
  dataPolicy: { training: false, retention: 'none' },
  distillable: false,
  supportedParameters: null,
  operations: ['chat'],
  inputModalities: ['text', 'image'],
  outputModalities: ['text'],
  nativeTools: [],
  prefill: false,
  deprecated: false,
  reasoning: { mandatory: false, supportedEfforts: null, supportsMaxTokens: false },
  template: {},
}

type Described = Pick<ProtocolUnderTest, 'simulated' | 'supports' | 'golden' | 'terminal' | 'news'>

const described: Readonly<Record<string, Described>> = {
  'chat-completions': {
    simulated: chatCompletions,
    supports: ['tools', 'choice', 'limit', 'temperature', 'stop'],
    golden: {
      words: [
        'start',
        'thinks (unknown):First consider the question, then answer it.',
        'text "The"',
        'text " river"',
        'finishes: stop (stop)',
        'ends: 1 and 9 tokens',
      ],
      calls: [
        'start',
        'calls 0 get_weather',
        'calls 1 get_time',
        'with 0 "{\\"city"',
        'with 1 "{\\"city"',
        'with 0 "\\":\\"The"',
        'with 1 "\\":\\"The"',
        'with 0 " river"',
        'with 1 " river"',
        'with 0 "\\"}"',
        'with 1 "\\"}"',
        'finishes: tool_calls (tool_calls)',
        'ends: 1 and 10 tokens',
      ],
    },
    terminal: '"finish_reason":"',
    news: 'data: {"object":"news","tomorrow":true}\n\n',
  },
  messages: {
    simulated: messages,
    supports: ['tools', 'choice', 'limit', 'temperature', 'stop'],
    golden: {
      words: [
        'start',
        'thinks (anthropic-claude-v1):First consider the question, then answer it. [sealed]',
        'part-end',
        'text "The"',
        'text " river"',
        'part-end',
        'finishes: stop (end_turn)',
        'ends: 1 and 9 tokens',
      ],
      calls: [
        'start',
        'calls 0 get_weather',
        'with 0 "{\\"city"',
        'with 0 "\\":\\"The"',
        'with 0 " river"',
        'with 0 "\\"}"',
        'part-end',
        'calls 1 get_time',
        'with 1 "{\\"city"',
        'with 1 "\\":\\"The"',
        'with 1 " river"',
        'with 1 "\\"}"',
        'part-end',
        'finishes: tool_calls (tool_use)',
        'ends: 1 and 10 tokens',
      ],
    },
    terminal: '{"type":"message_stop"}',
    news: 'event: news\ndata: {"type":"news","tomorrow":true}\n\n',
  },
  'generate-content': {
    simulated: generateContent,
    supports: ['tools', 'choice', 'limit', 'temperature', 'stop'],
    golden: {
      words: [
        'start',
        'thinks (google-gemini-v1):First consider the question, then answer it.',
        'text "The"',
        'text " river"',
        'thinks (google-gemini-v1): [sealed]',
        'finishes: stop (STOP)',
        'ends: 1 and 9 tokens',
      ],
      calls: [
        'start',
        'thinks (google-gemini-v1): [sealed]',
        'calls 0 get_weather',
        'with 0 "{\\"city\\":\\"The river\\"}"',
        'calls 1 get_time',
        'with 1 "{\\"city\\":\\"The river\\"}"',
        'finishes: tool_calls (STOP)',
        'ends: 1 and 10 tokens',
      ],
    },
    terminal: '"finishReason":"STOP"',
    news: 'data: {"news":{"tomorrow":true}}\n\n',
  },
  converse: {
    simulated: converse,
    supports: ['tools', 'choice', 'limit', 'temperature', 'stop'],
    golden: {
      words: [
        'start',
        'thinks (anthropic-claude-v1):First consider the question, then answer it. [sealed]',
        'part-end',
        'text "The"',
        'text " river"',
        'part-end',
        'finishes: stop (end_turn)',
        'ends: 1 and 9 tokens',
      ],
      calls: [
        'start',
        'calls 0 get_weather',
        'calls 1 get_time',
        'with 0 "{\\"city"',
        'with 1 "{\\"city"',
        'with 0 "\\":\\"The"',
        'with 1 "\\":\\"The"',
        'with 0 " river"',
        'with 1 " river"',
        'with 0 "\\"}"',
        'with 1 "\\"}"',
        'part-end',
        'part-end',
        'finishes: tool_calls (tool_use)',
        'ends: 1 and 10 tokens',
      ],
    },
    terminal: 'messageStop',
    news: awsEvent('news', { tomorrow: true }),
  },
  responses: {
    simulated: responses,
    supports: ['tools', 'choice', 'limit', 'temperature'],
    golden: {
      words: [
        'start',
        'thinks (openai-responses-v1):First consider the question, then answer it. [sealed]',
        'part-end',
        'text "The"',
        'text " river"',
        'part-end',
        'finishes: stop (completed)',
        'ends: 1 and 9 tokens',
      ],
      calls: [
        'start',
        'calls 0 get_weather',
        'with 0 "{\\"city"',
        'with 0 "\\":\\"The"',
        'with 0 " river"',
        'with 0 "\\"}"',
        'part-end',
        'calls 1 get_time',
        'with 1 "{\\"city"',
        'with 1 "\\":\\"The"',
        'with 1 " river"',
        'with 1 "\\"}"',
        'part-end',
        'finishes: tool_calls (completed)',
        'ends: 1 and 10 tokens',
      ],
    },
    terminal: '{"type":"response.completed"',
    news: 'event: response.news\ndata: {"type":"response.news","tomorrow":true}\n\n',
  },
  'cohere-chat': {
    simulated: cohereChat,
    // The only tool that is left is the one that was named.
    supports: ['limit', 'temperature', 'stop'],
    golden: {
      words: [
        'start',
        'thinks (unknown):First consider the question, then answer it.',
        'part-end',
        'text "The"',
        'text " river"',
        'part-end',
        'finishes: stop (COMPLETE)',
        'ends: 1 and 9 tokens',
      ],
      calls: [
        'start',
        'calls 0 get_weather',
        'with 0 "{\\"city"',
        'with 0 "\\":\\"The"',
        'with 0 " river"',
        'with 0 "\\"}"',
        'part-end',
        'calls 1 get_time',
        'with 1 "{\\"city"',
        'with 1 "\\":\\"The"',
        'with 1 " river"',
        'with 1 "\\"}"',
        'part-end',
        'finishes: tool_calls (TOOL_CALL)',
        'ends: 1 and 10 tokens',
      ],
    },
    terminal: '{"type":"message-end"',
    news: 'event: news\ndata: {"type":"news","tomorrow":true}\n\n',
  },
}

for (const [name, description] of Object.entries(described)) {
  const { protocol, model, read } = languageNamed(name)
  describeUpstreamProtocol({
    ...description,
    protocol,
    read,
    endpoint: { ...endpoint, upstreamModel: model },
    examples: examples[name] ?? {},
  })
}
