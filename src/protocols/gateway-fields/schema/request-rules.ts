import type { Issue } from '../../../canonical/errors.ts'
import { plugins as definitions } from '../../../plugins/_registry.ts'
import { serverTools } from '../../../server-tools/_registry.ts'
import { nestedToolIssues } from './nested-tools.ts'
import type { WirePlugin } from './plugin.ts'
import type { Reasoning } from '../../../canonical/settings/reasoning.ts'
import { serverToolParameters, serverToolTypes, type WireServerTool } from './server-tool.ts'
import { jsonExcess } from '../../../util/json-excess.ts'

interface SharedFields {
  readonly trace?: Readonly<Record<string, unknown>> | null
  readonly reasoning?: Reasoning | null
  readonly reasoning_effort?: Reasoning['effort']
  readonly plugins?: readonly WirePlugin[] | null
}

interface ChatFields extends SharedFields {
  readonly logprobs?: boolean | null
  readonly top_logprobs?: number | null
  readonly stream?: boolean | null
  readonly n?: number | null
  readonly max_completion_tokens?: number | null
  readonly max_tokens?: number | null
  readonly tools?: readonly ChatTool[] | null
  readonly messages: readonly {
    readonly role: string
    readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[] | null
  }[]
}

/** A tool of the gateway's, or any other. */
type ChatTool = WireServerTool | { readonly type?: string | null }

interface CompletionsFields extends SharedFields {
  readonly n?: number | null
  readonly best_of?: number | null
}

/** Checks the rules between the fields of a chat request, for a body that matches the schema. */
export function chatRequestRules(request: ChatFields): readonly Issue[] {
  return [...sharedRules(request), ...logprobsRules(request), ...toolRules(request), ...argumentsRules(request)]
}

/** Checks the rules between the fields of a completions request, for a body that matches the schema. */
export function completionsRequestRules(request: CompletionsFields): readonly Issue[] {
  return [...sharedRules(request), ...bestOfRules(request)]
}

/** Checks the rules that hold in every protocol. */
export const sharedRules = (request: SharedFields): readonly Issue[] => [
  ...reasoningRules(request),
  ...pluginRules(request),
  ...traceRules(request),
]

/** Source: contract §1.1 `reasoning_effort`, §10.10. */
function reasoningRules({ reasoning, reasoning_effort: shorthand }: SharedFields): readonly Issue[] {
  const effort = reasoning?.effort
  if (shorthand && effort && shorthand !== effort) {
    const message = `must equal reasoning.effort when both are given, got "${shorthand}" and "${effort}"`
    return [{ path: 'reasoning_effort', message }]
  }
  if ((shorthand ?? effort) && typeof reasoning?.max_tokens === 'number') {
    return [{ path: 'reasoning.max_tokens', message: 'cannot be combined with an effort: give only one of the two' }]
  }
  return []
}

/** Checks the rules of each plugin. */
const pluginRules = ({ plugins }: SharedFields): readonly Issue[] =>
  (plugins ?? []).flatMap((entry, index) => {
    const issues = definitions.find(({ id }) => id === entry.id)?.check(entry) ?? []
    return [
      ...issues.map(({ path, message }) => ({ path: `plugins[${index}].${path}`, message })),
      ...nestedToolIssues(entry['tools'], `plugins[${index}].tools`),
    ]
  })

/** The largest `trace`, in bytes: it is recorded with each generation. */
const maximumTraceBytes = 16_384

function traceRules({ trace }: SharedFields): readonly Issue[] {
  if (!trace) return []
  const bytes = Buffer.byteLength(JSON.stringify(trace))
  if (bytes <= maximumTraceBytes) return []
  return [{ path: 'trace', message: `must have at most ${maximumTraceBytes} bytes as JSON, got ${bytes}` }]
}

/**
 * The most log probabilities of one whole reply: three keys each, of the million that are read (most-keys.ts). The provider would charge for
 * what the gateway cannot read.
 */
const mostLogprobs = 300_000

function logprobsRules(request: ChatFields): readonly Issue[] {
  const { logprobs, top_logprobs: alternatives, stream, n, max_completion_tokens: limit, max_tokens: older } = request
  if (typeof alternatives === 'number' && logprobs !== true) {
    return [{ path: 'top_logprobs', message: 'needs logprobs to be true' }]
  }
  const asked = (n ?? 1) * (limit ?? older ?? 0) * (1 + (alternatives ?? 0))
  if (logprobs !== true || stream === true || asked <= mostLogprobs) return []
  const message = `asks for up to ${asked} log probabilities in one reply, which may have ${mostLogprobs}: ask for fewer tokens, answers or alternatives, or for a stream`
  return [{ path: typeof alternatives === 'number' ? 'top_logprobs' : 'logprobs', message }]
}

/** As many as a request may hold outside its texts (read-json-body.ts). */
const mostInArguments = { depth: Infinity, keys: 250_000, values: 1_100_000 }

/** Checks the arguments of earlier calls: they are JSON inside of text, which the encoders of some protocols parse into objects. */
function argumentsRules({ messages }: ChatFields): readonly Issue[] {
  const count = { keys: 0, values: 0 }
  for (const [index, { tool_calls: calls }] of messages.entries()) {
    for (const [position, { function: called }] of (calls ?? []).entries()) {
      const excess = jsonExcess(Buffer.from(called.arguments), mostInArguments, count)
      if (excess !== 'keys' && excess !== 'values') continue
      const message = `and those before it must have at most ${mostInArguments[excess]} ${excess} in all`
      return [{ path: `messages[${index}].tool_calls[${position}].function.arguments`, message }]
    }
  }
  return []
}

/** Checks the rules of each server tool, which may concern several entries of one tool. */
export function toolRules({ tools }: Pick<ChatFields, 'tools'>): readonly Issue[] {
  if (!tools || tools.length === 0) return []
  const entries = tools.map((tool, index) => ({ tool, path: `tools[${index}]` }))
  return serverTools.flatMap(({ type, aliases, check }) => {
    const own = entries.filter(({ tool }) => tool.type === type || aliases.includes(tool.type ?? ''))
    if (own.length === 0) return []
    const parameters = own.map(({ tool }) => (isServerTool(tool) ? serverToolParameters(tool) : {}))
    const issues = check(parameters)
    return own.flatMap(({ path }, index) => [
      ...(issues[index] ?? []).map((issue) => ({
        ...issue,
        path: [path, issue.path].filter((part) => part !== '').join('.'),
      })),
      ...nestedToolIssues(parameters[index]?.['tools'], `${path}.parameters.tools`),
    ])
  })
}

const isServerTool = (tool: ChatTool): tool is WireServerTool => serverToolTypes.includes(tool.type ?? '')

function bestOfRules({ n, best_of: bestOf }: CompletionsFields): readonly Issue[] {
  if (typeof bestOf !== 'number' || bestOf >= (n ?? 1)) return []
  return [{ path: 'best_of', message: `must be at least n, got ${bestOf} for n ${n}` }]
}
