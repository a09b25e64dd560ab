import type { TSchema } from 'typebox'
import { maskedLabel } from '../../secrets/masked-label.ts'
import { isObject } from '../../util/json.ts'
import type { Destination } from '../broadcast/destination.ts'

/** The settings of a destination, in OpenRouter's words. */
export type Settings = Readonly<Record<string, unknown>>

type Kind = Pick<Destination, 'schema' | 'secrets'>

/** Returns settings as they are shown: secrets masked, and what was not given with its default. Null: they cannot be read. */
export function shownSettings({ schema, secrets }: Kind, settings: Settings | null): Settings {
  const given = settings ?? Object.fromEntries((schema.required ?? []).map((name) => [name, '']))
  return Object.fromEntries(
    Object.keys(schema.properties).flatMap((name) => {
      const value = given[name] ?? defaultOf({ schema }, name)
      return value === undefined ? [] : [[name, secrets.includes(name) ? masked(value) : value]]
    }),
  )
}

/** Returns what a setting is where it was not given. */
export function defaultOf({ schema }: Pick<Kind, 'schema'>, name: string): unknown {
  const property: (TSchema & { readonly default?: unknown }) | undefined = schema.properties[name]
  return property?.default
}

/**
 * Returns the settings after a change. One that is absent stays as it is, and so does a secret that is given as it was shown; null removes
 * one.
 */
export function changedSettings({ secrets }: Kind, before: Settings, change: Settings): Settings {
  const given = Object.entries(change).map(([name, value]) => [
    name,
    secrets.includes(name) ? unmasked(before[name], value) : value,
  ])
  const all: Settings = { ...before, ...Object.fromEntries(given) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}

/** Returns the secrets that a change leaves as they are, in whole or in part: it does not have them, or has them as they were shown. */
export function keptSecrets({ secrets }: Kind, before: Settings, change: Settings): readonly string[] {
  return secrets.filter((name) => {
    const [known, given] = [before[name], change[name]]
    return known !== undefined && (given === undefined || hasMasked(known, given))
  })
}

const hasMasked = (before: unknown, given: unknown): boolean =>
  isObject(given)
    ? Object.entries(given).some(([name, value]) => hasMasked(isObject(before) ? before[name] : undefined, value))
    : unmasked(before, given) !== given

/** A secret is a text, or headers whose values are. */
const masked = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, masked(text)]))
    : labelOf(value)

const labelOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? maskedLabel(value) : '')

function unmasked(before: unknown, given: unknown): unknown {
  if (isObject(given)) {
    const known = isObject(before) ? before : {}
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, unmasked(known[name], value)]))
  }
  return typeof before === 'string' && given === labelOf(before) ? before : given
}
