import type { UsageDimension } from '../../storage/stores/usage-store.ts'

/**
 * The dimensions of analytics, by name: their label, and what is kept of them. The workspace is the account of the caller, which is the only
 * one that it sees.
 */
export const dimensions = {
  model: { label: 'Model', kept: 'model' },
  provider: { label: 'Provider', kept: 'provider' },
  api_key_id: { label: 'API key', kept: 'keyHash' },
  app: { label: 'App', kept: 'app' },
  user: { label: 'User', kept: 'externalUser' },
  workspace: { label: 'Workspace', kept: null },
} as const satisfies Readonly<Record<string, { readonly label: string; readonly kept: UsageDimension | null }>>

export type DimensionName = keyof typeof dimensions
export const isDimension = (name: string): name is DimensionName => Object.hasOwn(dimensions, name)
export const dimensionNames = Object.keys(dimensions).filter(isDimension)

/** The operators of filters, and whether each takes a list. */
export const operators = {
  eq: 'scalar',
  neq: 'scalar',
  in: 'array',
  not_in: 'array',
  gt: 'scalar',
  gte: 'scalar',
  lt: 'scalar',
  lte: 'scalar',
} as const

export type OperatorName = keyof typeof operators
const isOperator = (name: string): name is OperatorName => Object.hasOwn(operators, name)
export const operatorNames = Object.keys(operators).filter(isOperator)
