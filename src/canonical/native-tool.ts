import type { UserLocation } from './web-engines.ts'

/** A search in the posts of X beside the web. Only xAI has it. Dates are ISO dates. */
export interface XSearch {
  readonly allowedHandles?: readonly string[]
  readonly excludedHandles?: readonly string[]
  readonly fromDate?: string
  readonly toDate?: string
  readonly imageUnderstanding?: boolean
  readonly videoUnderstanding?: boolean
}

/** A search of the web by the provider. */
export interface NativeSearch {
  readonly name: 'web_search'
  readonly maxUses?: number
  readonly maxResults?: number
  readonly contextSize?: 'low' | 'medium' | 'high'
  readonly allowedDomains?: readonly string[]
  readonly excludedDomains?: readonly string[]
  readonly userLocation?: UserLocation
  readonly xSearch?: XSearch
}

/** A reading of pages by the provider. */
export interface NativeFetch {
  readonly name: 'web_fetch'
  readonly maxUses?: number
  readonly maxContentTokens?: number
  readonly allowedDomains?: readonly string[]
  readonly excludedDomains?: readonly string[]
}

/** A tool that some providers have built in and run themselves. Each upstream language has its own words for it. */
export type NativeTool = NativeSearch | NativeFetch

export type NativeToolName = NativeTool['name']

export const nativeToolNames = ['web_search', 'web_fetch'] as const satisfies readonly NativeToolName[]

/** What a provider's own tool can do at one endpoint. `nativeToolFor` decides by it. */
export interface NativeToolSupport {
  readonly name: NativeToolName
  /** The provider's own word for the tool, e.g. `web_search_20250305`. */
  readonly type: string
  /** The lists of domains that it takes. `either`: one of the two in a request. Absent: none. */
  readonly domains?: 'allowed' | 'either' | 'both'
  /** The largest number of entries in a list of domains. */
  readonly mostDomains?: number
  /** Whether an entry of a list of domains may have a path. Default: false. */
  readonly paths?: boolean
  /** False where the upstream refuses functions in the same request. */
  readonly besideFunctions?: false
  /** False where the upstream refuses a JSON answer in the same request. */
  readonly besideJson?: false
}
