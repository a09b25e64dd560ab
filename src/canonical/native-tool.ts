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

/** A tool that some providers have built in and run themselves. Each upstream language has its own words for it. */
export type NativeTool =
  | {
      readonly name: 'web_search'
      readonly maxUses?: number
      readonly maxResults?: number
      readonly contextSize?: 'low' | 'medium' | 'high'
      readonly allowedDomains?: readonly string[]
      readonly excludedDomains?: readonly string[]
      readonly userLocation?: UserLocation
      readonly xSearch?: XSearch
    }
  | {
      readonly name: 'web_fetch'
      readonly maxUses?: number
      readonly maxContentTokens?: number
      readonly allowedDomains?: readonly string[]
      readonly excludedDomains?: readonly string[]
    }

export type NativeToolName = NativeTool['name']
