import type { Parameters } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { encodeThinking } from './encode-thinking.ts'

/**
 * Encodes `generationConfig`, except for the form of the answer. Parameters that Gemini does not have (min_p, logit_bias …) are left out.
 */
export function encodeConfig(parameters: Parameters, endpoint: Endpoint): JsonObject {
  const { maxTokens, reasoning, logprobs, topLogprobs, topK } = parameters
  const supports = (name: string): boolean => supportsParameter(endpoint.supportedParameters, name)
  const asked: Readonly<Record<string, readonly [string, unknown]>> = {
    maxOutputTokens: ['max_tokens', maxTokens],
    temperature: ['temperature', parameters.temperature],
    topP: ['top_p', parameters.topP],
    // 0 switches it off, which is the absent value here.
    topK: ['top_k', topK === 0 ? undefined : topK],
    seed: ['seed', parameters.seed],
    frequencyPenalty: ['frequency_penalty', parameters.frequencyPenalty],
    presencePenalty: ['presence_penalty', parameters.presencePenalty],
    stopSequences: ['stop', parameters.stop],
    responseLogprobs: ['logprobs', logprobs === true ? true : undefined],
    logprobs: ['top_logprobs', logprobs === true && topLogprobs !== 0 ? topLogprobs : undefined],
    thinkingConfig: ['reasoning', reasoning && encodeThinking(reasoning, maxTokens, endpoint)],
  }
  const taken = Object.entries(asked).flatMap(([field, [name, value]]) =>
    value !== undefined && supports(name) ? [[field, value] as const] : [],
  )
  return { ...Object.fromEntries(taken), ...encodeOutputs(parameters) }
}

/** Images and speech, where they were asked for. Speech is in one voice, or in those of the speakers whom the prompt names. */
function encodeOutputs({ modalities, imageConfig = {}, audio }: Parameters): JsonObject {
  const image = {
    aspectRatio: stringOf(imageConfig['aspect_ratio']),
    imageSize: stringOf(imageConfig['image_size']),
  }
  const { voice, speakers } = objectOf(audio) ?? {}
  const voices = arrayOf(speakers).filter(isObject)
  const spoken =
    voices.length > 0
      ? { multiSpeakerVoiceConfig: { speakerVoiceConfigs: voices.map(encodeSpeaker) } }
      : encodeVoice(voice)
  return {
    ...(modalities !== undefined && { responseModalities: modalities.map((modality) => modality.toUpperCase()) }),
    ...(Object.values(image).some((value) => value !== undefined) && { imageConfig: image }),
    ...(spoken !== null && { speechConfig: spoken }),
  }
}

const encodeSpeaker = ({ speaker, voice }: JsonObject): JsonObject => ({ speaker, ...encodeVoice(voice) })

const encodeVoice = (voice: unknown): JsonObject | null =>
  typeof voice === 'string' ? { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } } : null
