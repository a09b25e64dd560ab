import { Hedges, type HedgeSettings } from '../attempts/hedges.ts'
import { checkAnswers } from '../attempts/interceptors/check-answers.ts'
import { completionsThroughChat } from '../attempts/interceptors/completions-through-chat.ts'
import { watchToolCalls } from '../attempts/interceptors/watch-tool-calls.ts'
import type { Config } from '../config/config.ts'
import type { CallEndpoint, Candidate } from '../health/candidate.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import { chatCompletionsUpstream } from '../protocols/chat-completions/upstream.ts'
import { cohereChatUpstream } from '../protocols/cohere-chat/upstream.ts'
import { completionsUpstream } from '../protocols/completions/upstream.ts'
import { converseUpstream } from '../protocols/converse/upstream.ts'
import { generateContentUpstream } from '../protocols/generate-content/upstream.ts'
import { messagesUpstream } from '../protocols/messages/upstream.ts'
import type { ChatProtocols } from '../protocols/protocol.ts'
import { responsesUpstream } from '../protocols/responses/upstream.ts'
import { createCallEndpoint } from '../upstream/call-endpoint.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import { learnStreamOptions } from '../upstream/learn-stream-options.ts'
import { createPrepareMedia } from '../upstream/prepare-media.ts'
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
    prepareMedia: createPrepareMedia({
      ...guarded,
      maxBytes: limits.bodyBytes,
      clock,
    }),
    watch: health,
    timeouts,
    limits: { frameBytes: limits.frameBytes, replyBytes: limits.bodyBytes },
    clock,
  })
  return completionsThroughChat(checkAnswers(watchToolCalls(streamOptions.watch(callEndpoint), health), health))
}

/** Makes the hedging budgets from the `hedge` settings of the providers. */
export const wireHedges = ({ providers }: Config): Hedges =>
  new Hedges(
    new Map<string, HedgeSettings>(
      providers.flatMap(({ slug, hedge }) => (hedge === undefined ? [] : [[slug, hedge]])),
    ),
  )
