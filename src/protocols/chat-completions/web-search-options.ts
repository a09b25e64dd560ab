import { Check } from 'typebox/schema'
import type { NativeSearch, XSearch } from '../../canonical/native-tool.ts'
import { XSearchSchema, xSearch } from '../../canonical/settings/web-search.ts'
import type { UserLocation } from '../../canonical/web-engines.ts'
import { isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'

type SearchOptions = Pick<NativeSearch, 'contextSize' | 'userLocation'>

/** Decodes `web_search_options` (contract §1.1). OpenAI has the location inside `approximate`; other clients write it without. */
export function decodeSearchOptions(options: JsonObject): SearchOptions {
  const { search_context_size: size, user_location: location } = options
  return {
    contextSize: size === 'low' || size === 'medium' || size === 'high' ? size : undefined,
    userLocation: isObject(location) ? decodeLocation(objectOf(location['approximate']) ?? location) : undefined,
  }
}

const decodeLocation = (place: JsonObject): UserLocation => ({
  city: stringOf(place['city']),
  region: stringOf(place['region']),
  country: stringOf(place['country']),
  timezone: stringOf(place['timezone']),
})

export const encodeSearchOptions = ({ contextSize, userLocation }: SearchOptions): JsonObject => ({
  ...(contextSize !== undefined && { search_context_size: contextSize }),
  ...(userLocation !== undefined && { user_location: { type: 'approximate', approximate: userLocation } }),
})

/** Decodes the filter of an X search. A filter that is not valid is ignored (contract §1.1). */
export function decodeXSearchFilter(value: unknown): XSearch | undefined {
  return value !== undefined && Check(XSearchSchema, value) ? xSearch(value) : undefined
}
