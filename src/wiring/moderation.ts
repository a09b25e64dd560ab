import type { Moderation } from '../canonical/moderation.ts'
import type { Config } from '../config/config.ts'
import { decodeFlags, encodeTexts } from '../plugins/moderation/openai-moderations.ts'
import type { CallEngine } from '../upstream/call-engine.ts'

/** Makes the moderation that the configuration describes. */
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
            request: encodeTexts(texts, endpoint.model, endpoint.baseUrl),
            credentials: endpoint.apiKey === null ? {} : { authorization: `Bearer ${endpoint.apiKey}` },
            advice: { 401: 'Correct moderation.api_key.', 404: 'Correct moderation.base_url or moderation.model.' },
          },
          limits,
        )
        return decodeFlags(body, texts.length, endpoint.block)
      },
    },
  }
}
