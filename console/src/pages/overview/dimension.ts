import { type Dimension, textIn } from '../../api/analytics.ts'

/** What the sums can be grouped by, each with the filter of the page of requests that belongs to it. */
export const dimensions = [
  { value: 'model', label: 'Model', filter: 'model' },
  { value: 'provider', label: 'Provider', filter: 'provider' },
  { value: 'api_key_id', label: 'Key', filter: 'key' },
  { value: 'app', label: 'App', filter: 'app' },
  { value: 'user', label: 'User', filter: 'user' },
] as const satisfies readonly { readonly value: Dimension; readonly label: string; readonly filter: string }[]

export type ShownDimension = (typeof dimensions)[number]

/** Returns the dimension that the address names. */
export const dimensionOf = (name: string | undefined): ShownDimension =>
  dimensions.find(({ value }) => value === name) ?? dimensions[0]

/** Returns the name of the group that a row belongs to. */
export const nameOf = (row: Readonly<Record<string, unknown>>, { value }: ShownDimension): string =>
  (value === 'api_key_id' ? textIn(row, 'api_key_name') : null) ?? textIn(row, value) ?? '(none)'
