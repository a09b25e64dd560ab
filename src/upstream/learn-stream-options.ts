import type { CallStream } from '../canonical/generation-event.ts'
import type { CallEndpoint, Candidate } from '../health/candidate.ts'
import type { UpstreamProvider } from './upstream-provider.ts'

type FindProvider = (candidate: Candidate) => UpstreamProvider | undefined

interface StreamOptions {
  /** Finds the provider of a candidate, with quirks that include what was learned. */
  readonly provider: FindProvider
  readonly watch: (call: CallEndpoint) => CallEndpoint
}

/**
 * Learns which providers of unknown behaviour refuse `stream_options`. The gateway adds this field to get the usage, so its refusal must
 * not reach the client: the call is repeated without the field, and later calls are made without it. Costs nothing once a provider is
 * known.
 */
export function learnStreamOptions(find: FindProvider): StreamOptions {
  /** Whether a provider accepts the field, by its slug, for those of which it is known. */
  const learned = new Map<string, boolean>()

  const isUnknown = (provider: UpstreamProvider | undefined): boolean =>
    provider !== undefined && asks(provider) === 'unless-refused' && !learned.has(provider.slug)

  return {
    provider(candidate) {
      const provider = find(candidate)
      return provider !== undefined && learned.get(provider.slug) === false ? withoutStreamUsage(provider) : provider
    },
    watch: (call) => (candidate, request, signal, patience, onSent) => {
      const first = call(candidate, request, signal, patience, onSent)
      const slug = candidate.credential.provider
      if (!request.stream || !isUnknown(find(candidate))) return first
      const trial = { again: (): CallStream => call(candidate, request, signal, patience, onSent) }
      return withSecondTry(first, trial, (takes) => learned.set(slug, takes))
    },
  }
}

function asks(spoken: UpstreamProvider): boolean | 'unless-refused' | undefined {
  return spoken.protocol === 'chat-completions' || spoken.protocol === 'completions'
    ? spoken.quirks.streamUsage
    : undefined
}

function withoutStreamUsage(provider: UpstreamProvider): UpstreamProvider {
  if (provider.protocol === 'chat-completions') {
    return { ...provider, quirks: { ...provider.quirks, streamUsage: false } }
  }
  return provider.protocol === 'completions'
    ? { ...provider, quirks: { ...provider.quirks, streamUsage: false } }
    : provider
}

/**
 * Repeats a call that is refused because of `stream_options`, and learns from its first event.
 * @param trial Is emptied when the call will not be repeated: the request must not be held in memory while the reply streams.
 */
async function* withSecondTry(
  first: CallStream,
  trial: { again: (() => CallStream) | null },
  learn: (takes: boolean) => void,
): CallStream {
  for await (const batch of first) {
    const [event] = batch
    const { again } = trial
    if (again !== null && event?.type === 'error' && isAboutStreamOptions(event.error.details.raw)) {
      learn(false)
      trial.again = null
      yield* again()
      return
    }
    // The echo of the request shows nothing about the answer.
    if (again !== null && event !== undefined && event.type !== 'upstream-request') {
      trial.again = null
      if (event.type !== 'error') learn(true)
    }
    yield batch
  }
}

function isAboutStreamOptions(raw: unknown): boolean {
  return raw !== undefined && (JSON.stringify(raw) ?? '').includes('stream_options')
}
