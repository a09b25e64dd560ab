import { partsOf, type NeutralPart, type NeutralRequest, settled, textOf } from './neutral-request.ts'

/** Amazon Bedrock's Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function readConverse(body: object): NeutralRequest {
  const { system, messages, inferenceConfig = {}, toolConfig = {} } = Object(body)
  const { maxTokens, temperature, stopSequences = [] } = inferenceConfig
  const { tools = [], toolChoice } = toolConfig
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
    tools: tools.map(({ toolSpec }: { toolSpec: Record<string, unknown> }) => ({
      name: toolSpec['name'],
      description: toolSpec['description'],
      parameters: Object(toolSpec['inputSchema']).json,
    })),
    choice: readChoice(toolChoice),
    limit: maxTokens,
    temperature,
    stop: stopSequences,
  }
}

function readChoice(choice: unknown): NeutralRequest['choice'] {
  const { auto, any, tool } = Object(choice)
  if (tool !== undefined) return { name: tool.name }
  if (any !== undefined) return 'required'
  return auto === undefined ? undefined : 'auto'
}

function readBlock(value: unknown): NeutralPart {
  const { text, image, reasoningContent, toolUse, toolResult } = Object(value)
  if (text !== undefined) return { type: 'text', text }
  if (image !== undefined) return { type: 'image', url: `data:image/${image.format};base64,${image.source.bytes}` }
  if (reasoningContent !== undefined) {
    const { reasoningText, redactedContent } = reasoningContent
    return { type: 'thought', text: reasoningText?.text ?? '', seal: reasoningText?.signature ?? redactedContent }
  }
  if (toolUse !== undefined) {
    return { type: 'call', id: toolUse.toolUseId, name: toolUse.name, arguments: toolUse.input }
  }
  if (toolResult !== undefined) {
    return { type: 'result', id: toolResult.toolUseId, parts: partsOf(toolResult.content, readBlock) }
  }
  throw new Error(`This is no block: ${JSON.stringify(value)}`)
}
