import { charactersPerToken, type Order } from './order.ts'

/** What an endpoint did that the order and the reply do not show, since another had said it before. In UTF-16 units. */
export interface Repeated {
  /** Read as prompt. */
  readonly prompt: number
  /** Produced once more. */
  readonly produced: number
}

/** How many tokens so many UTF-16 units are, about. */
export const tokensOf = (characters: number): number => Math.ceil(Math.max(0, characters) / charactersPerToken)

/**
 * Counts for a reply whose upstream reported none: it broke off, the client left, or the upstream never does.
 * @param produced UTF-16 units of the reply.
 */
export const estimateUsage = (order: Order, produced: number, repeated: Repeated) => ({
  promptTokens: tokensOf(order.promptCharacters + repeated.prompt),
  completionTokens: tokensOf(produced + repeated.produced - order.echoedCharacters),
})
