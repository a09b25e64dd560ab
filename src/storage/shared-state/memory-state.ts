import { randomUUID } from 'node:crypto'
import type { SharedState } from '../stores/shared-state.ts'
import { Subscriptions } from './subscriptions.ts'

/**
 * Makes the shared state of a node that is alone, or of several in one process.
 * @param nodes The nodes that receive each other's facts. By default this node is alone, and publishing does nothing.
 */
export function memoryState(nodes: Set<Subscriptions> = new Set()): SharedState {
  const node = randomUUID()
  const own = new Subscriptions()
  nodes.add(own)
  return {
    facts: {
      publish({ name }, fact) {
        if (nodes.size === 1) return
        const text = JSON.stringify(fact)
        for (const other of nodes) if (other !== own) other.deliver(name, JSON.parse(text), 0, node)
      },
      subscribe: (topic, listener) => own.subscribe(topic, listener),
    },
    values: null,
    start: () => Promise.resolve(),
    async close() {
      nodes.delete(own)
    },
  }
}
