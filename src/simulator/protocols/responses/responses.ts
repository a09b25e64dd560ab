import { randomUUID } from 'node:crypto'
import { namedEvents } from '../named-events.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Protocol } from '../protocol.ts'
import { outputItems } from './output-items.ts'
import { parseResponsesRequest } from './parse-responses-request.ts'
import { responseFrames } from './response-frames.ts'
import { responseObject } from './response-object.ts'

/** OpenAI's Responses, without storage. Below the path `/xai/` the tools of the provider's own are those of xAI. */
export const responses: Protocol = {
  serves: (path) => path.endsWith('/responses'),
  framing: namedEvents('{"type":"response.output_text.delta","delta":"bro'),
  failure: openaiFailure,
  open(body, path) {
    const request = parseResponsesRequest(body, path)
    const identity = {
      id: `resp_${randomUUID().replaceAll('-', '')}`,
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      tier: body['service_tier'] === 'priority' || body['service_tier'] === 'flex' ? body['service_tier'] : 'default',
    }
    return {
      request,
      frames: (answer, settings) => responseFrames(request, identity, answer, settings),
      whole: (answer, settings) => {
        const items = outputItems(request, answer, settings)
        return responseObject(request, identity, items, answer, settings)
      },
    }
  },
}
