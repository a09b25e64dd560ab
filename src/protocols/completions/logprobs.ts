import type { TokenLogprob } from '../../canonical/generation-event.ts'
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf } from '../../util/json.ts'

/**
 * Decodes the columns of `logprobs` (contract §7.2) as tokens. Upstreams give null for the first token of an echoed prompt, because nothing
 * precedes it. The published form requires a number: it becomes 0, the logarithm of certainty, which changes no sum. Returns undefined
 * where there are no tokens.
 */
export function decodeLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  if (!isObject(value)) return undefined
  const logprobs = arrayOf(value['token_logprobs'])
  const rivals = arrayOf(value['top_logprobs'])
  const tokens = arrayOf(value['tokens']).map((token, position) => ({
    ...tokenOf(stringOf(token) ?? '', logprobs[position]),
    top: Object.entries(objectOf(rivals[position]) ?? {}).map(([rival, logprob]) => tokenOf(rival, logprob)),
  }))
  return tokens.length > 0 ? tokens : undefined
}

/** Makes a token. This protocol gives no bytes. */
const tokenOf = (token: string, logprob: unknown) => ({ token, logprob: numberOf(logprob) ?? 0, bytes: null })

/**
 * Encodes tokens as columns.
 * @param alternatives How many alternatives the client asked for; with 0 the column is null, as at OpenAI.
 * @param start Where in the choice's text the first token begins, in UTF-16 units.
 */
export function encodeLogprobs(tokens: readonly TokenLogprob[], alternatives: number, start: number): JsonObject {
  let offset = start
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs:
      alternatives > 0
        ? tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])))
        : null,
    text_offset: tokens.map(({ token }) => {
      const begin = offset
      offset += token.length
      return begin
    }),
  }
}
