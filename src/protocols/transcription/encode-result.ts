import type { TranscriptionInput, TranscriptionRequest } from '../../canonical/generation-request.ts'
import type { GenerationResult } from '../../canonical/generation-result.ts'
import type { Transcript } from '../../canonical/item.ts'
import { usd } from '../../canonical/money.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import type { ReplyIdentity } from '../protocol.ts'

/** Encodes a JSON reply. */
export function encodeResult(
  _identity: ReplyIdentity,
  result: GenerationResult,
  { input }: TranscriptionRequest,
): JsonObject {
  const item = result.items.find(({ type }) => type === 'transcript')
  return encodeTranscript(item?.type === 'transcript' ? item.transcript : { text: '' }, result, input)
}

/** Encodes the fields that a reply and the last event of a stream share (contract §8.B). Unknown values are left out, never null. */
export function encodeTranscript(
  transcript: Transcript,
  { usage, cost, metadata }: Pick<GenerationResult, 'usage' | 'cost' | 'metadata'>,
  input: TranscriptionInput,
): JsonObject {
  const { promptTokens, completionTokens } = usage
  const isCounted = (promptTokens ?? 0) + (completionTokens ?? 0) > 0
  return {
    text: transcript.text,
    ...(input.format === 'verbose_json' && verbose(transcript, input)),
    usage: {
      // OpenAI's clients tell the two kinds of usage apart by this field.
      type: isCounted ? 'tokens' : 'duration',
      seconds: usage.audioSeconds,
      ...(isCounted && {
        input_tokens: promptTokens ?? 0,
        output_tokens: completionTokens ?? 0,
        total_tokens: (promptTokens ?? 0) + (completionTokens ?? 0),
      }),
      ...(cost !== undefined && { cost: usd(cost.total) }),
    },
    ...(metadata !== undefined && { openrouter_metadata: encodeMetadata(metadata) }),
  }
}

const verbose = (transcript: Transcript, { task, granularities = ['segment'] }: TranscriptionInput): JsonObject => ({
  task,
  language: transcript.language,
  duration: transcript.duration,
  language_confidence: transcript.languageConfidence,
  segments: granularities.includes('segment')
    ? transcript.segments?.map(({ speaker, start, end, text, more }, id) => ({
        ...more,
        id,
        start,
        end,
        text,
        speaker_label: speaker,
      }))
    : undefined,
  words: granularities.includes('word')
    ? transcript.words?.map(({ speaker, ...word }) => ({ ...word, speaker_label: speaker }))
    : undefined,
})
