import { expect } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import type { TestGateway } from '../../gateway.ts'

/** The simulator's default answer, and the models that give it. */
export const text = simulatedText(12)
export const reasoning = 'First consider the question, then answer it.'
export const refusal = "I'm sorry, but I can't help with that."
export const citation = { url: 'https://example.com/rivers', title: 'About rivers' }
export const pixel = expect.stringMatching(/^iVBORw0KGgo/)
export const pixelUrl = expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo/)

/** The cost of `usage-1000-500` at 1 USD and 2 USD per million tokens (contract row 61). */
export const cost = 0.002

/** The first tool, the arguments that the simulator invents for it, and a result. */
export const weather = {
  name: 'get_weather',
  description: 'The weather at a place',
  parameters: {
    type: 'object',
    properties: { location: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
    required: ['location', 'days'],
  },
} as const
export const weatherArguments = { location: 'The river', days: 1 }
export const weatherReport = 'Sunny, 21 °C'

/** The object that the simulator invents for a schema. */
export const riverSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, length_km: { type: 'number', minimum: 10 }, navigable: { type: 'boolean' } },
  required: ['name', 'length_km', 'navigable'],
  additionalProperties: false,
} as const
export const river = { name: 'The river', length_km: 10, navigable: true }

/** Returns the latest body that reached an upstream for this behaviour. */
export const received = (gateway: TestGateway, behaviour: string): unknown =>
  gateway.simulator.journal().findLast((entry) => entry.behaviour === behaviour)?.body

/** Contract row 35: the upstream's connection closes when the client disconnects. */
export const expectLeft = (gateway: TestGateway, behaviour: string): Promise<void> =>
  expect
    .poll(() => gateway.simulator.journal().findLast((entry) => entry.behaviour === behaviour)?.closedBy)
    .toBe('client')
