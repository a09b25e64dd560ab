import type { Flag } from '../../canonical/moderation.ts'
import { EngineFailure, type EngineRequest } from '../../canonical/web-engines.ts'
import { arrayOf, isObject, objectOf } from '../../util/json.ts'

/** Writes the request for a judgement of texts, as OpenAI’s `POST /moderations` takes it. */
export const encodeTexts = (texts: readonly string[], model: string, baseUrl: string): EngineRequest => ({
  method: 'POST',
  url: `${baseUrl}/moderations`,
  headers: {},
  body: { model, input: texts },
})

/**
 * Reads one result for each text. An answer of another shape says nothing about the texts, and must not pass for an approval.
 * @param count The number of texts.
 * @param block The categories that the operator blocks; null for whatever is flagged.
 * @throws EngineFailure for an answer of another shape.
 */
export function decodeFlags(body: unknown, count: number, block: readonly string[] | null): readonly Flag[] {
  const results = arrayOf(objectOf(body)?.['results']).filter(isObject)
  if (results.length !== count || results.some(({ flagged }) => typeof flagged !== 'boolean')) {
    throw new EngineFailure('unusable', 'The moderation endpoint sent an answer without a result for each text.')
  }
  return results.flatMap(({ flagged, categories }, index) => {
    const found = Object.entries(objectOf(categories) ?? {}).flatMap(([category, is]) =>
      is === true ? [category] : [],
    )
    if (block !== null)
      return found.filter((category) => block.includes(category)).map((category) => ({ category, index }))
    if (flagged !== true) return []
    return (found.length > 0 ? found : ['flagged']).map((category) => ({ category, index }))
  })
}
