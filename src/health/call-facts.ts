import { isObject } from '../util/json.ts'
import type { Topic } from '../storage/stores/shared-state.ts'
import { type CallOutcome, credentialVerdicts, endpointVerdicts } from './call-outcome.ts'

/** A call of one node that ended, as the other nodes are told. */
export type EndedCall = CallOutcome & {
  readonly endpointId: string
  readonly credentialId: string
  /** Milliseconds from the begin of the call to its end, and to its first content; absent where there was none. */
  readonly tookMs: number
  readonly latencyMs?: number
  /** Whether the call was the probe of an endpoint that is down. */
  readonly isProbe?: boolean
}

export const endedCalls: Topic<EndedCall> = {
  name: 'call-ended',
  read(value) {
    if (!isObject(value)) return null
    const endpointId = idOf(value['endpointId'])
    const credentialId = idOf(value['credentialId'])
    const tookMs = amountOf(value['tookMs'])
    const endpoint = endpointVerdicts.find((known) => known === value['endpoint'])
    if (endpointId === null || credentialId === null || tookMs === undefined || endpoint === undefined) return null
    return {
      endpointId,
      credentialId,
      tookMs,
      endpoint,
      credential: credentialVerdicts.find((known) => known === value['credential']),
      latencyMs: amountOf(value['latencyMs']),
      afterMs: amountOf(value['afterMs']),
      completionTokens: amountOf(value['completionTokens']),
      replyOf: value['replyOf'] === null ? null : amountOf(value['replyOf']),
      isProbe: value['isProbe'] === true,
    }
  },
}

/** The id of an endpoint that is down and that a call now tests. */
export const begunProbes: Topic<string> = { name: 'probe-begun', read: idOf }

/** A reply that called tools, and whether its calls were good. */
export const toolReplies: Topic<{ readonly endpointId: string; readonly good: boolean }> = {
  name: 'tools-called',
  read(value) {
    if (!isObject(value)) return null
    const { endpointId: id, good } = value
    const endpointId = idOf(id)
    return endpointId === null || typeof good !== 'boolean' ? null : { endpointId, good }
  },
}

const longestId = 512
/** More than any call takes in milliseconds, or any answer has in tokens. */
const mostAmount = 1_000_000_000

function idOf(value: unknown): string | null {
  return typeof value === 'string' && value.length <= longestId ? value : null
}

const amountOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= mostAmount ? value : undefined
