import type { TokenLogprob } from '../../canonical/generation-event.ts'
import { arrayOf, isObject, type JsonObject, numberOf, stringOf } from '../../util/json.ts'

/** Decodes log probabilities in the form of OpenAI's APIs. Returns undefined for anything but a list. */
export function decodeLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter(isObject).map((item) => ({
    ...decodeToken(item),
    top: arrayOf(item['top_logprobs']).filter(isObject).map(decodeToken),
  }))
}

const decodeToken = (item: JsonObject) => ({
  token: stringOf(item['token']) ?? '',
  logprob: numberOf(item['logprob']) ?? 0,
  bytes: Array.isArray(item['bytes']) ? item['bytes'].filter((byte) => typeof byte === 'number') : null,
})
