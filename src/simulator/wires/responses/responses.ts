import { randomUUID } from 'node:crypto'
import { openaiFailure } from '../openai-failure.ts'
import type { Wire } from '../wire.ts'
import { namedEvents } from '../named-events.ts'
import { responseAsk } from './response-ask.ts'
import { responseFrames } from './response-frames.ts'
import { outputItems } from './output-items.ts'
import { responseObject } from './response-object.ts'

/** OpenAI's Responses, without storage. */
export const responses: Wire = {
  serves: (path) => path.endsWith('/responses'),
  framing: namedEvents('{"type":"response.output_text.delta","delta":"bro'),
  failure: openaiFailure,
  open(body) {
    const ask = responseAsk(body)
    const identity = {
      id: `resp_${randomUUID().replaceAll('-', '')}`,
      created: Math.floor(Date.now() / 1000),
      model: ask.model,
      tier: body['service_tier'] === 'priority' || body['service_tier'] === 'flex' ? body['service_tier'] : 'default',
    }
    return {
      ask,
      frames: (answer, conduct) => responseFrames(ask, identity, answer, conduct),
      whole: (answer, conduct) => {
        const items = outputItems(ask, answer, conduct)
        return responseObject(identity, items, answer, conduct)
      },
    }
  },
}
