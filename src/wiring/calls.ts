import { Hedges, type HedgeSettings } from '../attempts/hedges.ts'
import { checkAnswers } from '../attempts/interceptors/check-answers.ts'
import { completionsThroughChat } from '../attempts/interceptors/completions-through-chat.ts'
import { splitBatches } from '../attempts/interceptors/split-batches.ts'
import { watchToolCalls } from '../attempts/interceptors/watch-tool-calls.ts'
import { prepareAttempt } from '../attempts/prepare-attempt.ts'
import { estimatePromptTokens } from '../canonical/prompt-tokens.ts'
import type { CountPrompt } from '../canonical/turn.ts'
import type { Config } from '../config/config.ts'
import type { CallEndpoint, Candidate } from '../health/candidate.ts'
import type { Presets } from '../guardrails/open-presets.ts'
import type { TokenCalibration } from '../health/token-calibration.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import { chatCompletionsUpstream } from '../protocols/chat-completions/upstream.ts'
import { cohereChatUpstream } from '../protocols/cohere-chat/upstream.ts'
import { completionsUpstream } from '../protocols/completions/upstream.ts'
import { converseUpstream } from '../protocols/converse/upstream.ts'
import { embeddingsUpstreams } from '../protocols/embeddings/upstream.ts'
import { generateContentUpstream } from '../protocols/generate-content/upstream.ts'
import { imagesUpstreams } from '../protocols/images/upstream.ts'
import { messagesUpstream } from '../protocols/messages/upstream.ts'
import type { ChatProtocols } from '../protocols/protocol.ts'
import { rerankUpstreams } from '../protocols/rerank/upstream.ts'
import { responsesUpstream } from '../protocols/responses/upstream.ts'
import { speechUpstreams } from '../protocols/speech/upstream.ts'
import { transcriptionUpstreams } from '../protocols/transcription/upstream.ts'
import type { Router } from '../router/create-router.ts'
import { createCallEndpoint } from '../upstream/call-endpoint.ts'
import { createCountTokens } from '../upstream/count-tokens.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import { learnStreamOptions } from '../upstream/learn-stream-options.ts'
import { createCheckMedia, createPrepareMedia } from '../upstream/prepare-media.ts'
import type { UpstreamProvider } from '../upstream/upstream-provider.ts'
import type { Clock } from '../util/clock.ts'
import type { Guarded } from './downloads.ts'

const chatProtocols: ChatProtocols = {
  'chat-completions': chatCompletionsUpstream,
  responses: responsesUpstream,
  messages: messagesUpstream,
  'cohere-chat': cohereChatUpstream,
  'generate-content': generateContentUpstream,
  converse: converseUpstream,
}

/** Makes the function that calls endpoints, with every upstream protocol and with the interceptors around it. */
export function wireCalls(dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly guarded: Guarded
  readonly providers: (candidate: Candidate) => UpstreamProvider | undefined
  readonly health: EndpointHealth
}): CallEndpoint {
  const { config, clock, dispatcher, guarded, providers, health } = dependencies
  const { timeouts, limits } = config
  const streamOptions = learnStreamOptions(providers)
  const callEndpoint = createCallEndpoint({
    dispatcher,
    providers: streamOptions.provider,
    chatProtocols,
    completionsProtocol: completionsUpstream,
    serviceProtocols: {
      embeddings: embeddingsUpstreams,
      rerank: rerankUpstreams,
      images: imagesUpstreams,
      speech: speechUpstreams,
      transcription: transcriptionUpstreams,
    },
    prepareMedia: createPrepareMedia({
      ...guarded,
      maxBytes: limits.bodyBytes,
      clock,
    }),
    checkMedia: createCheckMedia(guarded.allowed),
    watch: health,
    timeouts,
    limits: { frameBytes: limits.frameBytes, replyBytes: limits.bodyBytes },
    clock,
  })
  const calls = splitBatches(streamOptions.watch(callEndpoint))
  return completionsThroughChat(checkAnswers(watchToolCalls(calls, health), health))
}

/** Makes the function that tells the length of a prompt: as the endpoint that would be called counts it, or else as it is estimated. */
export function wirePromptCount(dependencies: {
  readonly clock: Clock
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly providers: (candidate: Candidate) => UpstreamProvider | undefined
  readonly router: Pick<Router, 'resolve' | 'route'>
  readonly presets: Pick<Presets, 'apply'>
  readonly calibration: TokenCalibration
}): CountPrompt {
  const { router, presets, calibration } = dependencies
  const count = createCountTokens({ ...dependencies, chatProtocols })
  return async (asking, caller, signal) => {
    const request = presets.apply(asking, caller.account)
    const route = router.route(request, router.resolve(request, caller), caller)
    if (route.error !== null) throw route.error
    const [first] = route.candidates
    const endpoint = first?.endpoint
    const asked = endpoint === undefined ? request : prepareAttempt(request, endpoint, route.choices)
    const counted = first === undefined || asked.operation !== 'chat' ? null : await count(first, asked, signal)
    if (counted !== null) return { tokens: counted, source: 'provider', model: endpoint?.model ?? '' }
    const model = endpoint?.model ?? ''
    return { tokens: Math.ceil(estimatePromptTokens(request) * calibration.factor(model)), source: 'estimate', model }
  }
}

/** Makes the hedging budgets from the `hedge` settings of the providers. */
export const wireHedges = ({ providers }: Config): Hedges =>
  new Hedges(
    new Map<string, HedgeSettings>(
      providers.flatMap(({ slug, hedge }) => (hedge === undefined ? [] : [[slug, hedge]])),
    ),
  )
