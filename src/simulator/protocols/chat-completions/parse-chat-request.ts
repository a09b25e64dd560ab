import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest, type ParsedRequest, type RequestTool } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { parseOpenaiFields } from '../parse-openai-fields.ts'
import { isPerplexity, nativeNames } from './chat-search.ts'

/** Parses the body of a chat completion request. */
export function parseChatRequest(body: JsonObject, path: string): ParsedRequest {
  const messages = asArray(body['messages'])
  const last = messages.at(-1)
  if (!isObject(last)) throw new InvalidRequest('"messages" must be a list of at least one message.')
  const choice = body['tool_choice']
  const forced = isObject(choice) && isObject(choice['function']) ? asString(choice['function']['name']) : null
  const tools = asArray(body['tools']).flatMap(requestedTool)
  const isResult = (message: unknown): boolean => isObject(message) && message['role'] === 'tool'
  const isForced = choice === 'required' || forced !== null
  return {
    ...parseOpenaiFields(body),
    promptTokens: messages.reduce<number>((sum, message) => sum + countWords(messageText(message)), 0),
    prefill: last['role'] === 'assistant' ? messageText(last) : null,
    quoted: lastParagraph(messageText(last)),
    maxTokens: asInteger(body['max_completion_tokens']) ?? asInteger(body['max_tokens']),
    tools: forced === null ? tools : tools.filter((tool) => tool.name === forced),
    calling: choice === 'none' ? 'forbidden' : isResult(last) ? 'answered' : isForced ? 'required' : 'allowed',
    results: messages.filter(isResult).length,
    // Perplexity counts without a request for it.
    ...(isPerplexity(path) && { includeUsage: true }),
    native: choice === 'none' ? [] : nativeNames(body, path),
  }
}

function requestedTool(tool: unknown): readonly RequestTool[] {
  const called = isObject(tool) && isObject(tool['function']) ? tool['function'] : null
  const name = called === null ? null : asString(called['name'])
  return called === null || name === null ? [] : [{ name, parameters: called['parameters'] ?? { type: 'object' } }]
}

function lastParagraph(text: string): string {
  const gap = text.lastIndexOf('\n\n')
  return gap === -1 ? text : text.slice(gap + 2)
}

function messageText(message: unknown): string {
  const content = isObject(message) ? message['content'] : null
  if (typeof content === 'string') return content
  return asArray(content)
    .map((part) => (isObject(part) ? (asString(part['text']) ?? '') : ''))
    .join('')
}
