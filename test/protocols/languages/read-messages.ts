import { partsOf, type NeutralPart, type NeutralRequest, settled, textOf } from './neutral-request.ts'

const choices: Readonly<Record<string, 'auto' | 'none' | 'required'>> = { auto: 'auto', none: 'none', any: 'required' }

/** Anthropic's Messages. https://platform.claude.com/docs/en/api/messages */
export function readMessages(body: object): NeutralRequest {
  const { system, messages, tools = [], tool_choice, max_tokens, temperature, stop_sequences = [] } = Object(body)
  return {
    system: partsOf(system, readBlock)
      .map((part) => textOf([part]))
      .join('\n'),
    turns: settled(
      messages.map(({ role, content }: { role: string; content: unknown }) => ({
        role,
        parts: partsOf(content, readBlock),
      })),
    ),
    tools: tools.map(({ input_schema, name, description }: Record<string, unknown>) => ({
      name,
      description,
      parameters: input_schema,
    })),
    choice: tool_choice?.type === 'tool' ? { name: tool_choice.name } : choices[tool_choice?.type],
    limit: max_tokens,
    temperature,
    stop: stop_sequences,
  }
}

function readBlock(value: unknown): NeutralPart {
  const block = Object(value)
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text }
    case 'image':
      return { type: 'image', url: `data:${block.source.media_type};base64,${block.source.data}` }
    case 'thinking':
      return { type: 'thought', text: block.thinking, seal: block.signature }
    case 'redacted_thinking':
      return { type: 'thought', text: '', seal: block.data }
    case 'tool_use':
      return { type: 'call', id: block.id, name: block.name, arguments: block.input }
    case 'tool_result':
      return { type: 'result', id: block.tool_use_id, parts: partsOf(block.content, readBlock) }
    default:
      throw new Error(`This is no block: ${JSON.stringify(block)}`)
  }
}
