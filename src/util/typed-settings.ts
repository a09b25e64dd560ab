import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/schema'

/**
 * Returns settings that were validated before with the type that their schema gives them.
 * @throws Error where they were not: that is a fault of the caller, not of the client.
 */
export function typedSettings<Schema extends TSchema>(schema: Schema, settings: unknown): Static<Schema> {
  if (Check(schema, settings)) return settings
  throw new Error('Settings were used that were not validated.')
}
