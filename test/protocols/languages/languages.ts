import { chatCompletionsUpstream } from '../../../src/protocols/chat-completions/upstream.ts'
import { cohereChatUpstream } from '../../../src/protocols/cohere-chat/upstream.ts'
import { converseUpstream } from '../../../src/protocols/converse/upstream.ts'
import { generateContentUpstream } from '../../../src/protocols/generate-content/upstream.ts'
import { messagesUpstream } from '../../../src/protocols/messages/upstream.ts'
import type { UpstreamProtocol } from '../../../src/protocols/protocol.ts'
import { responsesUpstream } from '../../../src/protocols/responses/upstream.ts'
import { readChatCompletions } from './read-chat-completions.ts'
import { readCohereChat } from './read-cohere-chat.ts'
import { readConverse } from './read-converse.ts'
import { readGenerateContent } from './read-generate-content.ts'
import { readMessages } from './read-messages.ts'
import { readResponses } from './read-responses.ts'
import type { NeutralRequest } from './neutral-request.ts'

/** A provider protocol, with what tests of all protocols need. */
export interface Language {
  readonly protocol: UpstreamProtocol
  /** An id under which the vendor offers a model that thinks. */
  readonly model: string
  readonly read: (body: object) => NeutralRequest
  /** The formats of reasoning that may be sent back; null where the hosts' formats are not known, and all are sent unchanged. */
  readonly thoughts: readonly string[] | null
  /** Whether tools may answer with images. */
  readonly imageResults: boolean
}

export const languages: readonly Language[] = [
  {
    protocol: chatCompletionsUpstream,
    model: 'qwen-3',
    read: readChatCompletions,
    thoughts: null,
    imageResults: true,
  },
  {
    protocol: messagesUpstream,
    model: 'claude-sonnet-4-5',
    read: readMessages,
    thoughts: ['anthropic-claude-v1'],
    imageResults: true,
  },
  {
    protocol: generateContentUpstream,
    model: 'gemini-3-pro',
    read: readGenerateContent,
    thoughts: ['google-gemini-v1'],
    imageResults: true,
  },
  {
    protocol: converseUpstream,
    model: 'anthropic.claude-sonnet-4-5',
    read: readConverse,
    thoughts: ['anthropic-claude-v1'],
    imageResults: true,
  },
  {
    protocol: responsesUpstream,
    model: 'gpt-5',
    read: readResponses,
    thoughts: ['openai-responses-v1'],
    imageResults: true,
  },
  {
    protocol: cohereChatUpstream,
    model: 'command-a-reasoning',
    read: readCohereChat,
    thoughts: ['unknown'],
    imageResults: false,
  },
]

export const languageNames = languages.map(({ protocol }) => protocol.name)

export function languageNamed(name: string): Language {
  const language = languages.find(({ protocol }) => protocol.name === name)
  if (language === undefined) throw new Error(`There is no language ${name}.`)
  return language
}
