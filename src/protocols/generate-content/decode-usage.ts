import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, tokensOf, isObject, type JsonObject } from '../../util/json.ts'

/**
 * `usageMetadata`: thoughts are counted beside the answer, what tools of Google's added beside the prompt. Google leaves a count of
 * zero out, so the total is the witness of an answer that is not counted. Null where nothing is counted yet.
 */
export function decodeUsage(counts: JsonObject): Usage | null {
  const prompt = tokensOf(counts['promptTokenCount'])
  const answer = tokensOf(counts['candidatesTokenCount'])
  const thoughts = tokensOf(counts['thoughtsTokenCount'])
  const tools = tokensOf(counts['toolUsePromptTokenCount']) ?? 0
  const total = tokensOf(counts['totalTokenCount'])
  if (prompt === undefined && answer === undefined && total === undefined) return null
  const isCounted = answer !== undefined || thoughts !== undefined || total !== undefined
  const promptBy = modalities(counts['promptTokensDetails'])
  const answerBy = modalities(counts['candidatesTokensDetails'])
  return {
    promptTokens: prompt === undefined ? undefined : prompt + tools,
    completionTokens: isCounted ? (answer ?? 0) + (thoughts ?? 0) : undefined,
    cachedTokens: tokensOf(counts['cachedContentTokenCount']),
    promptAudioTokens: promptBy.get('AUDIO'),
    cachedAudioTokens: modalities(counts['cacheTokensDetails']).get('AUDIO'),
    promptVideoTokens: promptBy.get('VIDEO'),
    reasoningTokens: thoughts,
    completionAudioTokens: answerBy.get('AUDIO'),
    completionImageTokens: answerBy.get('IMAGE'),
  }
}

function modalities(details: unknown): ReadonlyMap<unknown, number> {
  const counted = arrayOf(details).flatMap((detail) => {
    const count = isObject(detail) ? tokensOf(detail['tokenCount']) : undefined
    return isObject(detail) && count !== undefined ? [[detail['modality'], count] as const] : []
  })
  return new Map(counted)
}

const tiers: Readonly<Record<string, string>> = {
  ON_DEMAND: 'default',
  ON_DEMAND_PRIORITY: 'priority',
  ON_DEMAND_FLEX: 'flex',
}

/** Of which tier Vertex AI says that it was. */
export const decodeTier = ({ trafficType }: JsonObject): string | undefined =>
  typeof trafficType === 'string' && Object.hasOwn(tiers, trafficType) ? tiers[trafficType] : undefined
