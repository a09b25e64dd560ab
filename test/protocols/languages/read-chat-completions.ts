import { partsOf, type NeutralPart, type NeutralRequest, type NeutralTurn, settled, textOf } from './neutral-request.ts'

/** OpenAI's chat completions. https://platform.openai.com/docs/api-reference/chat/create */
export function readChatCompletions(body: object): NeutralRequest {
  const { messages, tools = [], tool_choice, max_tokens, max_completion_tokens, temperature, stop = [] } = Object(body)
  const isInstruction = ({ role }: { role: string }) => role === 'system' || role === 'developer'
  return {
    system: messages
      .filter(isInstruction)
      .flatMap(readParts)
      .map((part: NeutralPart) => textOf([part]))
      .join('\n'),
    turns: settled(messages.filter((message: { role: string }) => !isInstruction(message)).map(readMessage)),
    tools: tools.map((tool: { function: object }) => ({ parameters: undefined, ...tool.function })),
    choice: typeof tool_choice === 'object' ? { name: tool_choice.function.name } : tool_choice,
    limit: max_completion_tokens ?? max_tokens,
    temperature,
    stop: [stop].flat(),
  }
}

const readParts = ({ content }: { content?: unknown }) => partsOf(content, readPart)

function readPart(value: unknown): NeutralPart {
  const part = Object(value)
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'image_url') return { type: 'image', url: part.image_url.url }
  throw new Error(`This is no part: ${JSON.stringify(part)}`)
}

function readMessage(message: Readonly<Record<string, unknown>>): NeutralTurn {
  const { role, tool_calls = [], reasoning_details = [], tool_call_id } = Object(message)
  const parts = readParts(message)
  if (role === 'tool') return { role: 'user', parts: [{ type: 'result', id: tool_call_id, parts }] }
  const thoughts = reasoning_details.map(({ text, summary, signature, data }: Record<string, string | null>) => ({
    type: 'thought',
    text: text ?? summary ?? '',
    ...((signature ?? data) && { seal: signature ?? data }),
  }))
  const calls = tool_calls.map((call: { id: string; function: { name: string; arguments: string } }) => ({
    type: 'call',
    id: call.id,
    name: call.function.name,
    arguments: JSON.parse(call.function.arguments || '{}'),
  }))
  return { role, parts: [...thoughts, ...parts, ...calls] }
}
