import { endpointOf } from '../../src/attempts/testing/scripted-calls.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import type { Demand } from '../../src/ledger/worst-case.ts'

/** A prompt costs nothing here, so that a call costs as much as its answer has tokens, in nano-USD. */
export const endpoint: Endpoint = endpointOf('a', {
  pricing: { prompt: 0, completion: 1000 },
  maxCompletionTokens: null,
})

/** A stream whose answer has at most so many tokens. */
export const demandOf = (maxTokens: number): Demand => ({
  stream: true,
  maxTokens,
  thoughts: 0,
  choices: 1,
  samples: 1,
  chatCalls: 0,
  bytes: 1,
  hasAudio: false,
  mediaTokens: [],
  contexts: 1,
  billable: {
    promptTokens: () => 1,
    knownPromptTokens: () => null,
    searchUnits: 0,
    media: { outputImages: 0, characters: 0, longestSeconds: 0, likelySeconds: 0 },
    images: 0,
    echoedCharacters: 0,
  },
})

/** Is given where nothing may fail. */
export const unexpected = (error: Error): never => {
  throw error
}
