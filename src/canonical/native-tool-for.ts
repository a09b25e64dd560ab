import type { Parameters } from './generation-request.ts'
import type { NativeTool, NativeToolSupport } from './native-tool.ts'
import type { FunctionTool, Tool, ToolChoice } from './tool.ts'

/** An endpoint, as far as its own tools go. */
interface Host {
  readonly nativeTools: readonly NativeToolSupport[]
}

/**
 * Finds the tool of the provider's own that does what `tool` asks for at this endpoint; null where the endpoint has none, or has one that
 * cannot keep to the domains. Which domains to search is a demand. All other settings are wishes, which a provider that lacks them ignores.
 */
export function nativeToolFor(tool: Tool, { nativeTools }: Host): NativeToolSupport | null {
  const native = nativeOf(tool)
  if (native === undefined) return null
  return nativeTools.find((support) => support.name === native.name && keepsToDomains(native, support)) ?? null
}

function keepsToDomains(
  { allowedDomains: allowed = [], excludedDomains: excluded = [] }: NativeTool,
  { domains, mostDomains = Infinity, paths = false }: NativeToolSupport,
): boolean {
  if (allowed.length + excluded.length === 0) return true
  if (domains === undefined || Math.max(allowed.length, excluded.length) > mostDomains) return false
  if (!paths && [...allowed, ...excluded].some((entry) => entry.includes('/'))) return false
  if (domains === 'allowed') return excluded.length === 0
  return domains === 'both' || allowed.length === 0 || excluded.length === 0
}

/** A tool of the provider's own that a request uses at an endpoint. */
export interface UsedNativeTool {
  readonly tool: NativeTool
  /** The provider's own word for the tool. */
  readonly type: string
  /** The entry of the request in whose place it is used. */
  readonly asked: Tool
}

/** The tools of a request in the form in which one endpoint gets them. */
export interface ToolsAt {
  readonly functions: readonly FunctionTool[]
  readonly native: readonly UsedNativeTool[]
  /** A choice that names none of the functions is left out. */
  readonly toolChoice: ToolChoice | undefined
}

/**
 * Divides the tools of a request into functions and tools of the provider's own, which take the place of functions where they can. Tools that
 * only an endpoint with such a tool can run are left out elsewhere. A function stays a function where it must be called, or no tool may be.
 */
export function toolsAt(parameters: Parameters, endpoint: Host): ToolsAt {
  const { tools = [], toolChoice } = parameters
  if (!tools.some(asksForNative)) return { functions: tools.filter(isFunction), native: [], toolChoice }
  const used = new Map<Tool, NativeToolSupport>()
  if (toolChoice !== 'none') {
    const named = typeof toolChoice === 'object' ? toolChoice.name : null
    const wantsJson = parameters.responseFormat?.type.startsWith('json') === true
    for (const tool of tools) {
      const support = tool.type === 'function' && tool.name === named ? null : nativeToolFor(tool, endpoint)
      const isTaken = [...used.values()].some(({ name }) => name === support?.name)
      if (support !== null && !isTaken && !(wantsJson && support.besideJson === false)) used.set(tool, support)
    }
    if (tools.some((tool) => isFunction(tool) && !used.has(tool))) {
      for (const [tool, { besideFunctions }] of used) if (besideFunctions === false) used.delete(tool)
    }
  }
  const functions = tools.filter(isFunction).filter((tool) => !used.has(tool))
  const isKnown = typeof toolChoice !== 'object' || functions.some(({ name }) => name === toolChoice.name)
  return {
    functions,
    native: [...used].flatMap(([tool, { type }]) => {
      const native = nativeOf(tool)
      return native === undefined ? [] : [{ tool: withSearchOptions(native, parameters), type, asked: tool }]
    }),
    toolChoice: isKnown ? toolChoice : undefined,
  }
}

const isFunction = (tool: Tool): tool is FunctionTool => tool.type === 'function'

/** Tells whether a tool may be written in a provider's own form. */
export const asksForNative = (tool: Tool): boolean => nativeOf(tool) !== undefined

const nativeOf = (tool: Tool): NativeTool | undefined =>
  tool.type === 'function' || tool.type === 'native' ? tool.native : undefined

/** What the request says of searches in general holds where the tool does not say it (contract §1.1). */
function withSearchOptions(tool: NativeTool, { webSearchOptions, xSearchFilter }: Parameters): NativeTool {
  if (tool.name !== 'web_search' || (webSearchOptions === undefined && xSearchFilter === undefined)) return tool
  return {
    ...tool,
    contextSize: tool.contextSize ?? webSearchOptions?.contextSize,
    userLocation: tool.userLocation ?? webSearchOptions?.userLocation,
    xSearch: tool.xSearch ?? xSearchFilter,
  }
}
