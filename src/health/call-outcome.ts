import type { CallEvent } from '../canonical/generation-event.ts'
import { attributeFailure } from './attribute-failure.ts'
import { type CredentialReference, operator, type RequestedReply } from './candidate.ts'

/** What the end of a call shows of its endpoint. `refused` and `left` count neither for nor against it. */
export const endpointVerdicts = ['works', 'fails', 'refuses-credential', 'limits', 'refused', 'left'] as const

/** What the end of a call shows of its credential. */
export const credentialVerdicts = ['accepted', 'refused', 'limited'] as const

/** What one call showed once it had ended. */
export type CallOutcome = {
  readonly endpoint: (typeof endpointVerdicts)[number]
  readonly credential?: (typeof credentialVerdicts)[number]
  /** The time that the upstream named for a limit, in milliseconds. */
  readonly afterMs?: number
  readonly completionTokens?: number
  /** The requested tokens of a whole reply, null where none were named. Absent for a stream. */
  readonly replyOf?: number | null
}

/**
 * Decides what the last event of a call shows.
 * @param answered Whether the first content had arrived.
 * @param answersOthers Tells whether the endpoint answered other calls meanwhile.
 */
export function outcomeOf(
  last: Extract<CallEvent, { type: 'call-end' | 'error' }>,
  requested: RequestedReply,
  credential: CredentialReference,
  answered: boolean,
  answersOthers: () => boolean,
): CallOutcome {
  if (last.type === 'call-end') {
    const { completionTokens } = last.usage
    const replyOf = requested.stream ? undefined : (requested.maxTokens ?? null)
    return { endpoint: 'works', credential: 'accepted', completionTokens, replyOf }
  }
  // A refusal of an account's own credential does not count against the endpoint.
  const isOperators = credential.owner === operator
  const { scope, afterMs } = last.retry
  switch (attributeFailure(last, answered)) {
    case 'endpoint': {
      // A late whole reply is probably only long where the endpoint answered other calls meanwhile.
      const isLong = last.error.kind === 'provider_timeout' && !requested.stream && answersOthers()
      return { endpoint: isLong ? 'refused' : 'fails' }
    }
    case 'credential':
      return { endpoint: isOperators ? 'refuses-credential' : 'refused', credential: 'refused' }
    case 'rate-limit':
      return {
        endpoint: isOperators ? 'limits' : 'refused',
        credential: scope === 'next-credential' ? 'limited' : undefined,
        afterMs,
      }
    case 'none':
      return { endpoint: 'refused' }
  }
}
