import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, tokensOf, isObject, type JsonObject } from '../../util/json.ts'

/**
 * Decodes `usageMetadata`. Google counts reasoning beside the answer, and the tokens that its own tools added beside the prompt. It leaves
 * out a count of zero, so an answer without a count has 0 tokens where the total is present. Returns null where nothing is counted yet.
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

/** Returns the service tier that Vertex AI reports for a call; undefined for any other traffic type. */
export const decodeTier = ({ trafficType }: JsonObject): string | undefined =>
  typeof trafficType === 'string' && Object.hasOwn(tiers, trafficType) ? tiers[trafficType] : undefined
