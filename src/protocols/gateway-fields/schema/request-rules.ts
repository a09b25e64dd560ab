import type { Issue } from '../../../canonical/errors.ts'
import type { Plugin } from './plugin.ts'
import type { Reasoning } from './reasoning.ts'
import type { ServerTool } from './server-tool.ts'
import { jsonExcess } from '../../../util/json-excess.ts'

interface SharedFields {
  readonly trace?: Readonly<Record<string, unknown>> | null
  readonly reasoning?: Reasoning | null
  readonly reasoning_effort?: Reasoning['effort']
  readonly plugins?: readonly Plugin[] | null
}

interface ChatFields extends SharedFields {
  readonly logprobs?: boolean | null
  readonly top_logprobs?: number | null
  readonly tools?: readonly (ServerTool | { readonly type: 'function' })[] | null
  readonly messages: readonly {
    readonly role: string
    readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[] | null
  }[]
}

interface CompletionsFields extends SharedFields {
  readonly n?: number | null
  readonly best_of?: number | null
}

/** The rules between the fields of a chat request, for a body that matches the schema. */
export function chatRequestRules(request: ChatFields): readonly Issue[] {
  return [...sharedRules(request), ...logprobsRules(request), ...toolRules(request), ...argumentsRules(request)]
}

/** The rules between the fields of a completions request, for a body that matches the schema. */
export function completionsRequestRules(request: CompletionsFields): readonly Issue[] {
  return [...sharedRules(request), ...bestOfRules(request)]
}

const sharedRules = (request: SharedFields): readonly Issue[] => [
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

/** Characters of all patterns of one list together (contract Appendix C). */
const maximumPatternCharacters = 65_536

function pluginRules({ plugins }: SharedFields): readonly Issue[] {
  return (plugins ?? []).flatMap((plugin, index) => {
    if (plugin.id !== 'auto-router' && plugin.id !== 'auto-beta-router') return []
    return (['allowed_models', 'excluded_models'] as const)
      .filter((key) => (plugin[key] ?? []).join('').length > maximumPatternCharacters)
      .map((key) => ({
        path: `plugins[${index}].${key}`,
        message: `must have at most ${maximumPatternCharacters} characters in all`,
      }))
  })
}

/** It goes on record with each generation. */
const maximumTraceBytes = 16_384

function traceRules({ trace }: SharedFields): readonly Issue[] {
  if (!trace) return []
  const bytes = Buffer.byteLength(JSON.stringify(trace))
  if (bytes <= maximumTraceBytes) return []
  return [{ path: 'trace', message: `must have at most ${maximumTraceBytes} bytes as JSON, got ${bytes}` }]
}

function logprobsRules({ logprobs, top_logprobs: alternatives }: ChatFields): readonly Issue[] {
  if (typeof alternatives !== 'number' || logprobs === true) return []
  return [{ path: 'top_logprobs', message: 'needs logprobs to be true' }]
}

/** As many as a request may hold outside its texts (read-json-body.ts). */
const mostInArguments = { depth: Infinity, keys: 250_000, values: 1_100_000 }

/** The arguments of earlier calls are JSON inside of text, which some languages make objects of again. */
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

/** Source: contract §1.4, rows `openrouter:advisor` and `openrouter:subagent`. */
function toolRules({ tools }: ChatFields): readonly Issue[] {
  const issues: Issue[] = []
  const advisors = new Set<string>()
  for (const [index, tool] of (tools ?? []).entries()) {
    if (tool.type === 'openrouter:advisor') {
      const name = tool.parameters?.name ?? tool.name ?? ''
      if (advisors.has(name))
        issues.push({ path: `tools[${index}]`, message: 'needs a name that no other advisor has' })
      advisors.add(name)
    }
    if (tool.type === 'openrouter:subagent') issues.push(...subagentRules(tool, `tools[${index}]`))
  }
  return issues
}

function subagentRules(tool: ServerTool & { readonly type: 'openrouter:subagent' }, path: string): readonly Issue[] {
  const { tools, inherit_functions, inherited_function_names } = { ...tool, ...tool.parameters }
  const issues: Issue[] = []
  if (tools?.some((nested) => nested.type === 'openrouter:subagent')) {
    issues.push({ path, message: 'cannot give a subagent tool to a subagent' })
  }
  if (inherit_functions || inherited_function_names) {
    issues.push({ path, message: 'cannot inherit functions on this API: the client runs them, not the gateway' })
  }
  return issues
}

function bestOfRules({ n, best_of: bestOf }: CompletionsFields): readonly Issue[] {
  if (typeof bestOf !== 'number' || bestOf >= (n ?? 1)) return []
  return [{ path: 'best_of', message: `must be at least n, got ${bestOf} for n ${n}` }]
}
