import type { Annotation } from '../../canonical/annotation.ts'
import type { TokenLogprob } from '../../canonical/generation-event.ts'
import type { AudioOutput, Part } from '../../canonical/generation-result.ts'
import { type ReasoningDetail, serverToolDetail } from '../../canonical/reasoning.ts'
import type { ToolCall } from '../../canonical/tool.ts'

/** An answer without the order of its parts, as the languages have it that name a field for each kind. */
export interface FlatAnswer {
  readonly text: string | null
  readonly reasoning: readonly ReasoningDetail[]
  readonly refusal: string | null
  /** In the order of their indices. */
  readonly toolCalls: readonly ToolCall[]
  readonly annotations: readonly Annotation[]
  readonly images: readonly string[]
  readonly audio: AudioOutput | null
  readonly logprobs: readonly TokenLogprob[] | null
  readonly refusalLogprobs: readonly TokenLogprob[] | null
}

export function flattenParts(parts: readonly Part[]): FlatAnswer {
  const text = joined(parts, 'text')
  const refusal = joined(parts, 'refusal')
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []))
  return {
    text: text.text,
    reasoning: parts.flatMap(reasoningOf),
    refusal: refusal.text,
    toolCalls: calls
      .sort((one, other) => one.index - other.index)
      .map(({ id, name, arguments: given }) => ({ id, name, arguments: given })),
    annotations: parts.flatMap((part) => (part.type === 'annotation' ? [part.annotation] : [])),
    images: parts.flatMap((part) => (part.type === 'image' ? [part.url] : [])),
    audio: joinedAudio(parts),
    logprobs: text.logprobs,
    refusalLogprobs: refusal.logprobs,
  }
}

/** A run of a server tool is a kind of reasoning in these languages, so that the client returns it with the next request (contract §2.5). */
function reasoningOf(part: Part): readonly ReasoningDetail[] {
  if (part.type === 'reasoning') return [part.detail]
  return part.type === 'server-tool' && part.result !== null ? [serverToolDetail(part, part.result)] : []
}

function joined(parts: readonly Part[], type: 'text' | 'refusal') {
  let text: string | null = null
  let logprobs: readonly TokenLogprob[] | null = null
  for (const part of parts) {
    if (part.type !== type) continue
    text = (text ?? '') + part.text
    if (part.logprobs !== null) logprobs = [...(logprobs ?? []), ...part.logprobs]
  }
  return { text, logprobs }
}

/** An answer has one sound, however often something else was told in between. */
function joinedAudio(parts: readonly Part[]): AudioOutput | null {
  const pieces = parts.flatMap((part) => (part.type === 'audio' ? [part.audio] : []))
  if (pieces.length === 0) return null
  return {
    id: pieces.findLast(({ id }) => id !== undefined)?.id,
    data: pieces.map(({ data }) => data).join(''),
    transcript: pieces.map(({ transcript }) => transcript).join(''),
    expiresAt: pieces.findLast(({ expiresAt }) => expiresAt !== undefined)?.expiresAt,
  }
}
