import { partsOf, type NeutralPart, type NeutralRequest, type NeutralTurn, settled, textOf } from './neutral-request.ts'

/** Cohere's chat, version 2. https://docs.cohere.com/reference/chat */
export function readCohereChat(body: object): NeutralRequest {
  const { messages, tools = [], tool_choice, max_tokens, temperature, stop_sequences = [] } = Object(body)
  const isInstruction = ({ role }: { role: string }) => role === 'system'
  return {
    system: messages
      .filter(isInstruction)
      .flatMap(readParts)
      .map((part: NeutralPart) => textOf([part]))
      .join('\n'),
    turns: settled(messages.filter((message: { role: string }) => !isInstruction(message)).map(readMessage)),
    tools: tools.map((tool: { function: object }) => tool.function),
    choice: tool_choice?.toLowerCase(),
    limit: max_tokens,
    temperature,
    stop: stop_sequences,
  }
}

const readParts = ({ content }: { content?: unknown }) => partsOf(content, readPart)

function readPart(value: unknown): NeutralPart {
  const part = Object(value)
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'thinking') return { type: 'thought', text: part.thinking }
  if (part.type === 'image_url') return { type: 'image', url: part.image_url.url }
  throw new Error(`This is no block: ${JSON.stringify(part)}`)
}

function readMessage(message: Readonly<Record<string, unknown>>): NeutralTurn {
  const { role, tool_calls = [], tool_plan, tool_call_id } = Object(message)
  const parts = readParts(message)
  if (role === 'tool') return { role: 'user', parts: [{ type: 'result', id: tool_call_id, parts }] }
  const plan: readonly NeutralPart[] = tool_plan === undefined ? [] : [{ type: 'thought', text: tool_plan }]
  const calls = tool_calls.map((call: { id: string; function: { name: string; arguments: string } }) => ({
    type: 'call',
    id: call.id,
    name: call.function.name,
    arguments: JSON.parse(call.function.arguments || '{}'),
  }))
  return { role, parts: [...plan, ...parts, ...calls] }
}
