import type { TokenLogprob } from '../../canonical/generation-event.ts'
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf } from '../../util/json.ts'

/** Decodes `logprobsResult` of a candidate: the chosen tokens, each with its alternatives. Returns undefined where there is none. */
export function decodeLogprobs(candidate: JsonObject): readonly TokenLogprob[] | undefined {
  const result = objectOf(candidate['logprobsResult'])
  if (result === undefined) return undefined
  const rivals = arrayOf(result['topCandidates'])
  return arrayOf(result['chosenCandidates']).map((chosen, index) => ({
    ...decodeToken(chosen),
    top: arrayOf(objectOf(rivals[index])?.['candidates']).map(decodeToken),
  }))
}

function decodeToken(value: unknown) {
  const token = (isObject(value) ? stringOf(value['token']) : undefined) ?? ''
  const logprob = (isObject(value) ? numberOf(value['logProbability']) : undefined) ?? 0
  return { token, logprob, bytes: [...Buffer.from(token)] }
}
