import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import type { UpstreamRequest } from '../protocol.ts'
import { askedTier } from '../vendors/service-tier.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { encodeConfig } from './encode-config.ts'
import { encodeConversation } from './encode-contents.ts'
import type { AnswerForm } from './encode-format.ts'
import { encodeTools } from './encode-tools.ts'
import { geminiVersion } from './gemini-model.ts'
import type { GenerateContentQuirks } from './quirks.ts'

/** @throws GatewayError for what Google cannot take. */
export function encodeRequest(
  request: ChatRequest,
  form: AnswerForm,
  names: ToolNames,
  endpoint: Endpoint,
  quirks: GenerateContentQuirks,
): UpstreamRequest {
  const { upstreamModel, providerName } = endpoint
  const isVertex = quirks.host === 'vertex'
  const isNew = geminiVersion(upstreamModel) >= 3
  const generationConfig = { ...encodeConfig(request.parameters, endpoint), ...form.config }
  const place = { names, quirks, providerName, wantsSignatures: isNew, mediaInResults: isNew }
  const tier = tierOf(request, endpoint, quirks)
  return {
    method: 'POST',
    path: pathOf(upstreamModel, request.stream, isVertex),
    headers: isVertex && tier !== undefined ? { 'x-vertex-ai-llm-shared-request-type': tier } : {},
    body: {
      ...encodeConversation(request.input.messages, place),
      ...encodeTools(form.tools, form.choice, names, isVertex && isNew && request.stream, form.native),
      ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
      ...(!isVertex && tier !== undefined && { serviceTier: tier }),
    } satisfies JsonObject,
    stream: request.stream,
  }
}

function pathOf(model: string, stream: boolean, isVertex: boolean): string {
  // Tuned models and others' models bring their own path, e.g. `tunedModels/mine`.
  const place = model.includes('/') ? model : `models/${model}`
  const publisher = isVertex && place.startsWith('models/') ? '/publishers/google' : ''
  return `${publisher}/${place}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
}

/** `flex` or `priority`; the usual tier goes without saying. */
function tierOf(
  { parameters }: ChatRequest,
  endpoint: Endpoint,
  quirks: GenerateContentQuirks,
): 'flex' | 'priority' | undefined {
  const tier = askedTier(parameters, endpoint, quirks)
  return tier === 'flex' || tier === 'priority' ? tier : undefined
}
