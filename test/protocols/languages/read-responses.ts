import { partsOf, type NeutralPart, type NeutralRequest, type NeutralTurn, settled, textOf } from './neutral-request.ts'

/** OpenAI's Responses, with nothing stored. https://platform.openai.com/docs/api-reference/responses/create */
export function readResponses(body: object): NeutralRequest {
  const { input, tools = [], tool_choice, max_output_tokens, temperature } = Object(body)
  const isInstruction = ({ role }: { role?: string }) => role === 'system' || role === 'developer'
  return {
    system: input
      .filter(isInstruction)
      .flatMap(({ content }: { content: unknown }) => partsOf(content, readPart))
      .map((part: NeutralPart) => textOf([part]))
      .join('\n'),
    turns: settled(input.filter((item: { role?: string }) => !isInstruction(item)).map(readItem)),
    tools: tools.map(({ name, description, parameters }: Record<string, unknown>) => ({
      name,
      description,
      parameters,
    })),
    choice: typeof tool_choice === 'object' ? { name: tool_choice.name } : tool_choice,
    limit: max_output_tokens,
    temperature,
    stop: [],
  }
}

function readItem(value: unknown): NeutralTurn {
  const item = Object(value)
  switch (item.type) {
    case 'message':
      return { role: item.role, parts: partsOf(item.content, readPart) }
    case 'reasoning': {
      const text = [...item.summary, ...(item.content ?? [])].map(({ text }: { text: string }) => text).join('')
      return { role: 'assistant', parts: [{ type: 'thought', text, seal: item.encrypted_content }] }
    }
    case 'function_call': {
      const call = { id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments || '{}') }
      return { role: 'assistant', parts: [{ type: 'call', ...call }] }
    }
    case 'function_call_output':
      return { role: 'user', parts: [{ type: 'result', id: item.call_id, parts: partsOf(item.output, readPart) }] }
    default:
      throw new Error(`This is no item: ${JSON.stringify(item)}`)
  }
}

function readPart(value: unknown): NeutralPart {
  const part = Object(value)
  if (part.type === 'input_text' || part.type === 'output_text') return { type: 'text', text: part.text }
  if (part.type === 'input_image') return { type: 'image', url: part.image_url }
  throw new Error(`This is no part: ${JSON.stringify(part)}`)
}
