import { GatewayError } from '../../canonical/errors.ts'
import type { CallEvent } from '../../canonical/generation-event.ts'
import type { Item } from '../../canonical/item.ts'
import type { Usage } from '../../canonical/usage.ts'
import { isObject } from '../../util/json.ts'
import type { FailedReply, UpstreamFailure, UpstreamReply } from '../protocol.ts'
import { classifyFailure, classifySaid } from './classify-failure.ts'
import { saysFailure } from './read-error.ts'

/** What a reply to an operation that is no chat holds. */
export interface ItemReply {
  readonly items: readonly Item[]
  /** Absent where the reply states none. */
  readonly usage?: Usage
  readonly upstreamId?: string
}

/** The reason why a reply is not usable, as words after "The provider". */
export class UnusableReply extends Error {}

interface ItemReplyOptions {
  /** @throws UnusableReply */
  readonly read: (body: unknown) => ItemReply
  readonly cut?: UpstreamReply['cut']
  readonly decodeError?: (reply: FailedReply) => UpstreamFailure
}

/** Makes the decoding half of a call whose reply is one JSON document with all items. */
export function openItemReply(
  providerName: string,
  { read, cut, decodeError = (reply) => classifyFailure(reply, providerName) }: ItemReplyOptions,
): UpstreamReply {
  const unusable = (what: string): readonly CallEvent[] => [
    {
      type: 'error',
      error: new GatewayError('provider_unavailable', `The provider ${what}.`, { providerName }),
      retry: { scope: 'next-endpoint' },
    },
  ]
  return {
    ...(cut !== undefined && { cut }),
    decodeError,
    decodeFrame: () => [],
    decodeEnd: () => unusable('sent an event stream where a whole reply was asked for'),
    decodeResult(body) {
      if (isObject(body) && saysFailure(body) && !hasResults(body)) {
        return [{ type: 'error', ...classifySaid(body, providerName) }]
      }
      try {
        return eventsOf(read(body))
      } catch (thrown) {
        if (thrown instanceof UnusableReply) return unusable(thrown.message)
        throw thrown
      }
    },
  }
}

/** A reply with results is none that failed, whatever message stands beside them. */
const hasResults = (body: object): boolean => resultFields.some((field) => field in body)

const resultFields = ['data', 'results', 'embeddings', 'embedding', 'predictions']

function eventsOf({ items, usage, upstreamId }: ItemReply): readonly CallEvent[] {
  const isUsed = usage !== undefined && Object.values(usage).some((count) => count !== undefined)
  return [
    { type: 'start', upstreamId },
    ...items.map((item): CallEvent => ({ type: 'item', item })),
    { type: 'finish', choice: 0, reason: 'stop', native: null },
    // What is no chat has no completion, which is not the same as one that is not counted.
    ...(isUsed ? [{ type: 'usage', usage: { completionTokens: 0, ...usage } } as const] : []),
    { type: 'call-end', usage: isUsed ? { completionTokens: 0, ...usage } : {} },
  ]
}
