import { GatewayError } from '../../canonical/errors.ts'
import type { CallEvent } from '../../canonical/generation-event.ts'
import type { Item } from '../../canonical/item.ts'
import type { Usage } from '../../canonical/usage.ts'
import type { UpstreamReply } from '../protocol.ts'
import { changedReply } from './changed-reply.ts'

/** What an operation takes out of the answer of a chat. */
interface Taken {
  /** What it wants, e.g. `an image`. */
  readonly wanted: string
  /** Returns the item that an event of the answer is; null where it is none. `index` is how many came before. */
  readonly itemOf: (event: CallEvent, index: number) => Item | null
  /** Returns the usage of the operation, by that of the chat and the number of items. */
  readonly usageOf: (usage: Usage, items: number) => Usage
}

/**
 * Takes items out of the answer of a chat, for models that make images or speech only there. An answer without any is a failure, which costs
 * nothing (contract §8.B).
 */
export function itemsOfChat(reply: UpstreamReply, providerName: string, taken: Taken): UpstreamReply {
  let items = 0
  let isRefused = false
  const failure = (): CallEvent => ({
    type: 'error',
    error: isRefused
      ? new GatewayError('content_policy_violation', `The provider refused to make ${taken.wanted} of this.`, {
          providerName,
        })
      : new GatewayError('provider_unavailable', `The provider answered without ${taken.wanted}.`, { providerName }),
    retry: { scope: isRefused ? 'next-model' : 'next-endpoint' },
  })
  return changedReply(reply, (event) => {
    switch (event.type) {
      case 'finish':
        isRefused ||= event.reason === 'content_filter'
        return []
      case 'call-end': {
        if (items === 0) return [failure()]
        const usage = taken.usageOf(event.usage, items)
        return [
          { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
          { type: 'usage', usage },
          { type: 'call-end', usage },
        ]
      }
      case 'alive':
      case 'start':
      case 'upstream-request':
      case 'usage':
      case 'error':
        return [event]
      default: {
        const item = taken.itemOf(event, items)
        if (item === null) return []
        items += 1
        return [{ type: 'item', item }]
      }
    }
  })
}
