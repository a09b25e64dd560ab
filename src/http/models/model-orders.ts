import type { Model } from '../../catalog/model.ts'
import { type Figure, figures, type ModelFacts } from './model-figures.ts'

interface Order {
  readonly figure: Figure
  readonly first: 'lowest' | 'highest'
}

const lowest = (figure: Figure): Order => ({ figure, first: 'lowest' })
const highest = (figure: Figure): Order => ({ figure, first: 'highest' })

/** Source: contract §8.A1. */
const orders = {
  'pricing-low-to-high': lowest(figures.averagePrice),
  'pricing-high-to-low': highest(figures.averagePrice),
  'context-high-to-low': highest(figures.context),
  'throughput-high-to-low': highest(figures.throughput),
  'latency-low-to-high': lowest(figures.latency),
  'most-popular': highest(figures.requests),
  'top-weekly': highest(figures.weeklyTokens),
  newest: highest(figures.created),
  'intelligence-high-to-low': highest(figures.intelligenceIndex),
  'coding-high-to-low': highest(figures.codingIndex),
  'agentic-high-to-low': highest(figures.agenticIndex),
  'design-arena-elo-high-to-low': highest(figures.designArenaElo),
} as const satisfies Record<string, Order>

export type ModelOrder = keyof typeof orders

const isOrder = (word: string): word is ModelOrder => Object.hasOwn(orders, word)

export const modelOrders: readonly ModelOrder[] = Object.keys(orders).filter(isOrder)

/** Returns the models in that order. Models whose figure is not known come last; equal models keep their order. */
export function inOrder(models: readonly Model[], order: ModelOrder, facts: ModelFacts): readonly Model[] {
  const { figure, first } = orders[order]
  const sign = first === 'lowest' ? 1 : -1
  return models
    .map((model) => ({ model, figure: figure(model, facts) }))
    .sort((a, b) => {
      if (a.figure === null || b.figure === null) return Number(a.figure === null) - Number(b.figure === null)
      return sign * (a.figure - b.figure)
    })
    .map(({ model }) => model)
}
