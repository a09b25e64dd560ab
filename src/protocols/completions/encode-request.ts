import type { PromptRequest, PromptsInput } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { parameterNames } from '../../canonical/parameter-name.ts'
import { gatewayFieldNames } from '../gateway-fields/field-names.ts'
import { withoutEnlarging } from '../gateway-fields/passed-on.ts'
import { protocolName } from './decode-request.ts'
import { sharedWireParameters } from '../openai/shared-parameters.ts'
import { encodeSharedRequest } from '../openai/encode-shared-request.ts'
import type { CompletionsQuirks } from './quirks.ts'
import { unspoken, type WireParameters, wireParameters } from '../openai/wire-parameters.ts'

const ownFields: ReadonlySet<string> = new Set()
/** Known fields, of which some have parts with names of the client's own. */
const knownFields: ReadonlySet<string> = new Set([...gatewayFieldNames, ...parameterNames, 'service_tier'])

/** Encodes the body for a completions upstream: the client's own body with the gateway's changes (principle 2). */
export function encodeRequest(request: PromptRequest, endpoint: Endpoint, quirks: CompletionsQuirks): JsonObject {
  const asked = wireParameters(completionsWireParameters, request, protocolName)
  const isKnown = ([name]: readonly [string, unknown]): boolean => knownFields.has(name)
  const known = Object.fromEntries(Object.entries(asked).filter(isKnown))
  const unknown = Object.fromEntries(Object.entries(asked).filter((field) => !isKnown(field)))
  return encodeSharedRequest(
    request,
    { ...withoutEnlarging(unknown), ...known, ...encodePrompts(request.input) },
    ownFields,
    endpoint,
    olderForm(quirks),
  )
}

/** The parameters of this protocol, which has neither tools nor anything of a conversation. */
const completionsWireParameters: WireParameters = {
  ...sharedWireParameters,
  logprobs: unspoken,
  topLogprobs: unspoken,
  structuredOutputs: unspoken,
  tools: unspoken,
  toolChoice: unspoken,
  allowedTools: unspoken,
  parallelToolCalls: unspoken,
  verbosity: unspoken,
  prediction: unspoken,
  modalities: unspoken,
  audio: unspoken,
  imageConfig: unspoken,
  cacheControl: unspoken,
  promptCacheKey: unspoken,
  promptCacheOptions: unspoken,
  webSearchOptions: unspoken,
  xSearchFilter: unspoken,
}

const encodePrompts = ({ prompts, suffix, echo, n, bestOf, logprobs }: PromptsInput): JsonObject => ({
  prompt: prompts.length === 1 ? prompts[0] : prompts,
  suffix,
  echo,
  n,
  best_of: bestOf,
  logprobs,
})

/**
 * Adapts a provider's quirks, which describe its chats. This older protocol has `max_tokens` and `user` only under these names, and no
 * field for reasoning except OpenRouter's.
 */
const olderForm = (quirks: CompletionsQuirks): CompletionsQuirks => ({
  ...quirks,
  maxTokensField: 'max_tokens',
  userField: quirks.userField === undefined ? undefined : 'user',
  reasoningField: quirks.reasoningField === 'reasoning' ? 'reasoning' : 'none',
})
