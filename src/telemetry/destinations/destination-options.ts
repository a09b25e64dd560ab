import { type Static, Type } from 'typebox'
import { dataRegions } from '../../canonical/data-region.ts'
import { typedSettings } from '../../util/typed-settings.ts'
import { filterRulesSchema } from '../broadcast/filter-rules-schema.ts'

const DestinationOptionsSchema = Type.Object({
  samplingRate: Type.Number(),
  privacyMode: Type.Boolean(),
  /** Null: all keys of the account. */
  apiKeyHashes: Type.Union([Type.Array(Type.String()), Type.Null()]),
  filterRules: Type.Union([filterRulesSchema, Type.Null()]),
  generationCost: Type.Boolean(),
  generationCostAllocation: Type.Boolean(),
  generationIdentity: Type.Boolean(),
  generationRequestContext: Type.Boolean(),
  /** Generations of this gateway belong to `global`. */
  regions: Type.Array(Type.Enum([...dataRegions])),
})

/** What a destination gets, and of which generations, as its account decided. */
export type DestinationOptions = Readonly<Static<typeof DestinationOptionsSchema>>

/** The options of a destination for which nothing was decided (contract §6.20). */
export const usualOptions: DestinationOptions = {
  samplingRate: 1,
  privacyMode: false,
  apiKeyHashes: null,
  filterRules: null,
  generationCost: false,
  generationCostAllocation: false,
  generationIdentity: false,
  generationRequestContext: false,
  regions: ['global'],
}

/** Reads options from the database. An option that was added since gets its usual value. */
export const readOptions = (text: string): DestinationOptions =>
  typedSettings(DestinationOptionsSchema, { ...usualOptions, ...Object(JSON.parse(text)) })
