import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Exclusion } from './exclusion.ts'
import { allowedProviders } from './filters/allowed-providers.ts'
import { byok } from './filters/byok.ts'
import { capabilities } from './filters/capabilities.ts'
import { contextLength } from './filters/context-length.ts'
import { dataCollection } from './filters/data-collection.ts'
import { deprecated } from './filters/deprecated.ts'
import { distillable } from './filters/distillable.ts'
import type { Filter, FilterContext } from './filters/filter.ts'
import { inputModality } from './filters/input-modality.ts'
import { maxPrice } from './filters/max-price.ts'
import { operation } from './filters/operation.ts'
import { outputLimit } from './filters/output-limit.ts'
import { outputModality } from './filters/output-modality.ts'
import { quantization } from './filters/quantization.ts'
import { reasoning } from './filters/reasoning.ts'
import { requireParameters } from './filters/require-parameters.ts'
import { serviceTier } from './filters/service-tier.ts'
import { zdr } from './filters/zdr.ts'
import type { EndpointOption } from './endpoint-option.ts'

/** The filters in the order of contract §6.2. The first that refuses an endpoint gives the reason. */
const filters: readonly Filter[] = [
  deprecated,
  operation,
  allowedProviders,
  dataCollection,
  zdr,
  byok,
  distillable,
  quantization,
  serviceTier,
  inputModality,
  outputModality,
  reasoning,
  capabilities,
  outputLimit,
  contextLength,
  maxPrice,
  requireParameters,
]

/** The result of all filters. */
export interface Filtered {
  readonly kept: readonly EndpointOption[]
  /** The exclusions in the order of the filters, so that the last one is of the last filter that refused an endpoint. */
  readonly exclusions: readonly Exclusion[]
}

/** Applies all filters to the endpoints of the requested models. */
export const applyFilters = (
  options: readonly EndpointOption[],
  request: GenerationRequest,
  context: FilterContext,
): Filtered => apply(filters, options, request, context)

const exceptLength = filters.filter((filter) => filter !== contextLength)

/** Returns the endpoints that would be kept if the prompt were short enough for all of them. */
export const applyFiltersExceptLength = (
  options: readonly EndpointOption[],
  request: GenerationRequest,
  context: FilterContext,
): readonly EndpointOption[] => apply(exceptLength, options, request, context).kept

function apply(
  all: readonly Filter[],
  options: readonly EndpointOption[],
  request: GenerationRequest,
  context: FilterContext,
): Filtered {
  const exclusions: Exclusion[] = []
  let kept = options
  for (const filter of all) {
    const rule = filter.ruleFor(request, kept, context)
    if (rule === null) continue
    const before = exclusions.length
    const left: EndpointOption[] = []
    for (const option of kept) {
      const refusal = rule(option.endpoint, option)
      if (refusal === null) left.push(option)
      else exclusions.push({ endpoint: option.endpoint, filter, refusal })
    }
    if (exclusions.length > before) kept = left
  }
  return { kept, exclusions }
}
