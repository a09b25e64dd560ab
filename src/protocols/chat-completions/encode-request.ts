import type { ChatRequest } from '../../canonical/generation-request.ts'
import { askedChoices } from '../../canonical/asked-choices.ts'
import { asksForNative, type ToolsAt, toolsAt } from '../../canonical/native-tool-for.ts'
import { parameterNames } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { type JsonObject, objectOf } from '../../util/json.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'
import { gatewayFieldNames } from '../gateway-fields/field-names.ts'
import { withoutEnlarging } from '../gateway-fields/passed-on.ts'
import { encodeSharedRequest } from '../openai/encode-shared-request.ts'
import { wireParameters } from '../openai/wire-parameters.ts'
import { protocolName } from './decode-request.ts'
import { encodeMessages } from './encode-input-message.ts'
import { chatWireParameters } from './encode-parameters.ts'
import { withNativeTools } from './encode-native-tools.ts'
import { fitTools } from './fit-tools.ts'
import { withRoomForCall } from './forced-call.ts'
import { isPrefill } from './order-messages.ts'
import { type OutputForm, structuredOutput } from './structured-output.ts'

/** Fields that are written here or whose tools the gateway runs, and that are never passed on as they came. */
const ownFields: ReadonlySet<string> = new Set([
  'messages',
  'max_completion_tokens',
  'structured_outputs',
  'cache_control',
  'prompt_cache_options',
  'max_tool_calls',
  'stop_server_tools_when',
])

/** Known fields whose parts have names of the client's own; `n` is checked by itself. */
const known: ReadonlySet<string> = new Set([...ownFields, ...gatewayFieldNames, ...parameterNames, 'service_tier', 'n'])

/** Returns what is asked, without unknown fields that would enlarge the answer, and with as many choices as are held for. */
function passedOn(asked: JsonObject): JsonObject {
  const unknown = Object.fromEntries(Object.entries(asked).filter(([name]) => !known.has(name)))
  const passed = withoutEnlarging(unknown)
  const n = askedChoices(asked)
  if (passed === unknown && (asked['n'] === undefined || asked['n'] === n)) return asked
  const { n: said, ...others } = asked
  const kept = Object.fromEntries(Object.entries(others).filter(([name]) => known.has(name)))
  return { ...kept, ...passed, ...(said !== undefined && (n > 1 || said === 1) && { n }) }
}

interface EncodedRequest {
  readonly path: string
  readonly body: JsonObject
  /** Whether the arguments of a tool are the answer. */
  readonly answersByTool: boolean
}

/**
 * Encodes the body for a chat-completions upstream. For a request that came in the same protocol it is the client's own body with the
 * gateway's changes (principle 2).
 * @throws GatewayError for a schema that the provider cannot enforce.
 */
export function encodeRequest(asking: ChatRequest, endpoint: Endpoint, quirks: ChatCompletionsQuirks): EncodedRequest {
  const { native, ...used } = toolsAt(asking.parameters, endpoint)
  const request = withRoomForCall(withTools(asking, used), endpoint, quirks)
  const { parameters } = request
  const asked = passedOn(wireParameters(chatWireParameters, request, protocolName))
  const output = structuredOutput(parameters, endpoint, quirks)
  const messages = encodeMessages(request, quirks, endpoint.template, output?.instruction)
  const shared = encodeSharedRequest(request, asked, ownFields, endpoint, quirks)
  const prefill = isPrefill(messages) ? quirks.prefill : undefined
  const body = {
    ...(output === null ? shared : withOutput(shared, output)),
    messages,
    ...(parameters.cacheControl !== undefined &&
      quirks.cacheControl === true && { cache_control: parameters.cacheControl }),
    ...(parameters.promptCacheOptions !== undefined &&
      (quirks.cacheControl === true || quirks.cacheControl === 'breakpoint') && {
        prompt_cache_options: parameters.promptCacheOptions,
      }),
    ...quirks.chatFields,
    ...prefill?.body,
  }
  return {
    path: prefill?.path ?? '/chat/completions',
    body: withNativeTools(fitTools(body, quirks, endpoint), native, quirks),
    answersByTool: output?.answerTool !== undefined,
  }
}

/** Returns the request with only its functions, where it also has tools that are encoded differently here; otherwise the request itself. */
function withTools(request: ChatRequest, { functions, toolChoice }: Omit<ToolsAt, 'native'>): ChatRequest {
  const { parameters } = request
  if (!parameters.tools?.some(asksForNative)) return request
  return { ...request, parameters: { ...parameters, tools: functions, toolChoice } }
}

function withOutput(body: JsonObject, { responseFormat, answerTool }: OutputForm): JsonObject {
  const { response_format: _, ...others } = body
  return {
    ...others,
    ...(responseFormat !== null && { response_format: responseFormat }),
    ...(answerTool !== undefined && { tools: [answerTool], tool_choice: choiceOf(answerTool) }),
  }
}

const choiceOf = ({ function: called }: JsonObject): JsonObject => ({
  type: 'function',
  function: { name: objectOf(called)?.['name'] },
})
