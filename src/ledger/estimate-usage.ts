import type { Usage } from '../canonical/usage.ts'
import { charactersPerToken, type Order } from './order.ts'

/**
 * Counts for a reply whose upstream reported none: it broke off, the client left, or the upstream never does.
 * @param produced UTF-16 units of the reply.
 */
export const estimateUsage = (order: Order, produced: number): Usage => ({
  promptTokens: Math.ceil(order.promptCharacters / charactersPerToken),
  completionTokens: Math.ceil(Math.max(0, produced - order.echoedCharacters) / charactersPerToken),
})
