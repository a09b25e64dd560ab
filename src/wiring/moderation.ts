import type { Flag, Moderation } from '../canonical/moderation.ts'
import { EngineFailure } from '../canonical/web-engines.ts'
import type { Config, ModerationConfig } from '../config/config.ts'
import type { CallEngine } from '../upstream/call-engine.ts'
import { arrayOf, isObject, objectOf } from '../util/json.ts'

type EndpointConfig = NonNullable<ModerationConfig['endpoint']>

/** Makes the moderation that the configuration describes. The endpoint speaks as OpenAI’s `POST /moderations` does. */
export function wireModeration({ moderation }: Pick<Config, 'moderation'>, callEngine: CallEngine): Moderation {
  const { endpoint, ...rest } = moderation
  if (endpoint === null) return { ...rest, endpoint: null }
  return {
    ...rest,
    endpoint: {
      async judge(texts, limits) {
        const body = await callEngine(
          {
            name: 'The moderation endpoint',
            request: {
              method: 'POST',
              url: `${endpoint.baseUrl}/moderations`,
              headers: {},
              body: { model: endpoint.model, input: texts },
            },
            credentials: endpoint.apiKey === null ? {} : { authorization: `Bearer ${endpoint.apiKey}` },
            advice: { 401: 'Correct moderation.api_key.', 404: 'Correct moderation.base_url or moderation.model.' },
          },
          limits,
        )
        return flagsOf(body, texts.length, endpoint)
      },
    },
  }
}

/** Reads one result for each text. An answer of another shape says nothing about the texts, and must not pass for an approval. */
function flagsOf(body: unknown, count: number, { block }: EndpointConfig): readonly Flag[] {
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
