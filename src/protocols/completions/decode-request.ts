import type { PromptRequest, PromptsInput } from '../../canonical/generation-request.ts'
import type { RequestHeaders } from '../protocol.ts'
import { announcedBytes } from '../gateway-fields/request-context.ts'
import { completionsRequestRules } from '../gateway-fields/schema/request-rules.ts'
import { requestValidator } from '../schema/validate.ts'
import { decodeSharedParameters } from '../openai/shared-parameters.ts'
import { decodeGatewayFields } from '../gateway-fields/decode-gateway-fields.ts'
import { type CompletionsRequest, CompletionsRequestSchema } from './schema/request.ts'

const accept = requestValidator(CompletionsRequestSchema, completionsRequestRules)

/** The name under which `source` says that a request came in this language. */
export const protocolName = 'completions'

/** @throws GatewayError 400 with `issues`. Source: contract §7.1. */
export function decodeRequest(body: unknown, headers: RequestHeaders): PromptRequest {
  const wire = accept(body)
  const parameters = { ...decodeSharedParameters(wire), maxTokens: wire.max_tokens ?? undefined }
  return {
    operation: 'completions',
    input: {
      type: 'prompts',
      prompts: decodePrompts(wire.prompt),
      suffix: wire.suffix ?? undefined,
      echo: wire.echo ?? undefined,
      n: wire.n ?? undefined,
      bestOf: wire.best_of ?? undefined,
      logprobs: wire.logprobs ?? undefined,
    },
    ...decodeGatewayFields(wire, headers),
    parameters,
    source: { protocol: protocolName, body: wire, messages: [], parameters, bytes: announcedBytes(headers) },
  }
}

/** A list of numbers is one prompt in tokens, every other list is several prompts. */
function decodePrompts(prompt: CompletionsRequest['prompt']): PromptsInput['prompts'] {
  if (typeof prompt === 'string') return [prompt]
  const several: (string | number[])[] = []
  const tokens: number[] = []
  for (const part of prompt) {
    if (typeof part === 'number') tokens.push(part)
    else several.push(part)
  }
  return tokens.length > 0 ? [tokens] : several
}
