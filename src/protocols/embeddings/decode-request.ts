import type { ContentPart, Modality } from '../../canonical/content-part.ts'
import type { Issue } from '../../canonical/errors.ts'
import type { EmbeddingInput, EmbeddingsRequest } from '../../canonical/generation-request.ts'
import { modalitiesOfParts } from '../../canonical/modalities.ts'
import { decodeItemFields } from '../gateway-fields/decode-item-fields.ts'
import { sharedRules } from '../gateway-fields/schema/request-rules.ts'
import type { RequestHeaders } from '../protocol.ts'
import { requestValidator } from '../schema/validate.ts'
import { type EmbeddingsRequestBody, EmbeddingsRequestSchema, mostInputs } from './schema/request.ts'

const accept = requestValidator(EmbeddingsRequestSchema, (body) => [...sharedRules(body), ...inputRules(body)])

export const protocolName = 'embeddings'

/** @throws GatewayError 400 with `issues`. Source: contract §8.A4. */
export function decodeRequest(body: unknown, headers: RequestHeaders): EmbeddingsRequest {
  const wire = accept(body)
  const inputs = decodeInputs(wire.input)
  return {
    operation: 'embeddings',
    input: {
      type: 'embeddings',
      inputs,
      modalities: modalitiesOf(inputs),
      dimensions: wire.dimensions ?? undefined,
      encoding: wire.encoding_format ?? 'float',
      purpose: wire.input_type ?? undefined,
    },
    ...decodeItemFields(protocolName, wire, headers),
    stream: false,
  }
}

function inputRules({ input }: EmbeddingsRequestBody): readonly Issue[] {
  if (typeof input === 'string' || typeof input[0] === 'number' || input.length <= mostInputs) return []
  return [{ path: 'input', message: `must have at most ${mostInputs} items, got ${input.length}` }]
}

/** A list of numbers is one input in tokens, every other list is several inputs. */
function decodeInputs(input: EmbeddingsRequestBody['input']): readonly EmbeddingInput[] {
  if (typeof input === 'string') return [input]
  const several: EmbeddingInput[] = []
  const tokens: number[] = []
  for (const each of input) {
    if (typeof each === 'number') tokens.push(each)
    else if (typeof each === 'object' && 'content' in each) several.push(each.content.map(decodePart))
    else several.push(each)
  }
  return tokens.length > 0 ? [tokens] : several
}

type Multimodal = Extract<EmbeddingsRequestBody['input'][number], { content: unknown }>

function decodePart(part: Multimodal['content'][number]): ContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image_url':
      return { type: 'image', url: part.image_url.url }
    case 'input_audio':
      return { type: 'audio', data: part.input_audio.data, format: part.input_audio.format }
    case 'video_url':
    case 'input_video':
      return { type: 'video', url: part.video_url.url }
    case 'file':
      return { type: 'file', data: part.file.file_data, filename: part.file.filename ?? undefined }
  }
}

function modalitiesOf(inputs: readonly EmbeddingInput[]): ReadonlySet<Modality> {
  const parts = inputs.flatMap((input) =>
    typeof input === 'string' ? [] : input.filter((part) => typeof part === 'object'),
  )
  return modalitiesOfParts(parts)
}
