import { usd } from '../../canonical/money.ts'
import type { PipelineStage, RouterMetadata } from '../../canonical/router-metadata.ts'
import type { JsonObject } from '../../util/json.ts'

/** Encodes `openrouter_metadata` (contract §3.5). */
export function encodeMetadata(metadata: RouterMetadata): JsonObject {
  return {
    requested: metadata.requested,
    strategy: metadata.strategy,
    region: metadata.region,
    summary: metadata.summary,
    attempt: metadata.attempt,
    is_byok: metadata.isByok,
    endpoints: { total: metadata.endpoints.length, available: metadata.endpoints },
    ...(metadata.generationTime !== undefined && { generation_time: metadata.generationTime }),
    ...(metadata.parameters !== undefined && { params: metadata.parameters }),
    ...(metadata.attempts.length > 0 && { attempts: metadata.attempts }),
    ...(metadata.pipeline.length > 0 && { pipeline: metadata.pipeline.map(encodeStage) }),
  }
}

/** Encodes a stage of the pipeline (contract §3.5). */
export const encodeStage = ({ cost, ...stage }: PipelineStage): JsonObject => ({
  ...stage,
  ...(cost !== undefined && { cost_usd: usd(cost) }),
})
