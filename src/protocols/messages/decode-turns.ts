import type { CacheControl, ContentPart, Modality } from '../../canonical/content-part.ts'
import type { Stretch } from '../../canonical/generation-request.ts'
import type { AssistantMessage, Message, ToolMessage } from '../../canonical/message.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { blocksOf, decodeBlock, decodeMark } from './decode-blocks.ts'
import { claudeFormat } from './claude-format.ts'
import { isSealed, openThought } from '../gateway-fields/sealed-thought.ts'
import { RunReader } from './run-blocks.ts'
import type { AssistantBlock, ToolResultBlock, UserBlock } from './schema/block.ts'
import type { MessagesRequest, WireMessage } from './schema/request.ts'

/** Decodes a conversation. The instructions at the top are its first stretch, which no turn of the wire stands for. */
export function decodeTurns(wire: MessagesRequest, modalities: Set<Modality>): readonly Stretch[] {
  const system = wire.system ? blocksOf(wire.system) : []
  const top: Stretch[] =
    system.length === 0 ? [] : [{ messages: [{ role: 'system', content: system.map(decodeText) }], wire: [] }]
  return [...top, ...wire.messages.map((turn) => ({ messages: decodeTurn(turn, modalities), wire: [turn] }))]
}

type TextBlock = Extract<UserBlock, { type: 'text' }>

const decodeText = ({ text, cache_control }: TextBlock) =>
  ({ type: 'text', text, cacheControl: decodeMark(cache_control) }) as const

function decodeTurn(turn: WireMessage, modalities: Set<Modality>): readonly Message[] {
  switch (turn.role) {
    case 'system':
      return [{ role: 'system', content: blocksOf(turn.content).map(decodeText) }]
    case 'user':
      return decodeUser(blocksOf<UserBlock>(turn.content), modalities)
    case 'assistant':
      return [decodeAssistant(blocksOf<AssistantBlock>(turn.content))]
  }
}

/** The results of tools are messages of their own. */
function decodeUser(blocks: readonly UserBlock[], modalities: Set<Modality>): readonly Message[] {
  const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [decodeResult(block, modalities)] : []))
  const content = blocks.flatMap((block) => (block.type === 'tool_result' ? [] : decodeBlock(block, modalities)))
  return content.length === 0 && results.length > 0 ? results : [...results, { role: 'user', content }]
}

function decodeResult(block: ToolResultBlock, modalities: Set<Modality>): ToolMessage {
  const parts = blocksOf(block.content ?? []).flatMap((inner) => decodeBlock(inner, modalities))
  const mark = decodeMark(block.cache_control)
  return {
    role: 'tool',
    toolCallId: block.tool_use_id,
    content: mark === undefined ? parts : withMark(parts, mark),
    ...(block.is_error === true && { isError: true }),
  }
}

/** The last part carries the mark of the whole result. */
const withMark = (parts: readonly ContentPart[], mark: CacheControl): readonly ContentPart[] =>
  parts.map((part, index) =>
    index < parts.length - 1 || part.type === 'audio' || part.type === 'video' || part.type === 'vendor'
      ? part
      : { ...part, cacheControl: mark },
  )

function decodeAssistant(blocks: readonly AssistantBlock[]): AssistantMessage {
  const runs = new RunReader(blocks)
  const reasoningDetails: ReasoningDetail[] = []
  const content: ContentPart[] = []
  const toolCalls: AssistantMessage['toolCalls'][number][] = []
  let mark: AssistantMessage['cacheControl']
  let thoughts = 0
  for (const block of blocks) {
    const run = runs.read(block)
    if (run !== null) reasoningDetails.push(run)
    switch (block.type) {
      case 'text':
        if (block.text !== '') content.push(decodeText(block))
        break
      case 'thinking':
        reasoningDetails.push(...decodeThought(block.thinking, block.signature, thoughts++))
        break
      case 'redacted_thinking':
        reasoningDetails.push(...decodeRedacted(block.data, thoughts++))
        break
      case 'tool_use':
        toolCalls.push({ id: block.id, name: block.name, arguments: JSON.stringify(block.input ?? {}) })
        mark = decodeMark(block.cache_control) ?? mark
    }
  }
  return {
    role: 'assistant',
    content,
    toolCalls,
    ...(reasoningDetails.length > 0 && { reasoningDetails }),
    ...(mark !== undefined && { cacheControl: mark }),
  }
}

const decodeThought = (text: string, signature: string, index: number): readonly ReasoningDetail[] =>
  isSealed(signature) ? openThought(signature, text) : [{ type: 'text', text, signature, format: claudeFormat, index }]

const decodeRedacted = (data: string, index: number): readonly ReasoningDetail[] =>
  isSealed(data) ? openThought(data, '') : [{ type: 'encrypted', data, format: claudeFormat, index }]
