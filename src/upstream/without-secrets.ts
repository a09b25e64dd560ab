import { fullMatch } from '../util/pattern.ts'
import { GatewayError } from '../canonical/errors.ts'
import type { CallBatch } from '../canonical/generation-event.ts'
import { isObject } from '../util/json.ts'
import { type SecretFinder, secretFinder } from './secret-finder.ts'

const hidden = '[REDACTED]'
/**
 * The most levels of an error body that are kept. It usually has a few; thousands would overflow the stack of code that reads or encodes
 * it.
 */
const deepest = 32
/** The most characters of all texts of an error; the rest is left out. */
const longest = 1_048_576

/** The headers that a call was signed with. */
export type Credentials = Readonly<Record<string, string>>

/**
 * Removes the credentials of a call from the error in its last batch. Upstreams quote refused requests, headers included, and their texts
 * reach the client as message, code and `raw` (contract §5.3).
 */
export function withoutSecrets(last: CallBatch, credentials: Credentials): CallBatch {
  const event = last.at(-1)
  if (event?.type !== 'error') return last
  const clean = cleaner(finderOf(credentials))
  const { kind, message, details, cause } = event.error
  const error = new GatewayError(kind, clean(message), {
    ...details,
    ...(details.providerCode !== undefined && { providerCode: clean(details.providerCode) }),
    ...(details.raw !== undefined && { raw: cleanValue(details.raw, clean, deepest) }),
  })
  error.cause = cause
  return [...last.slice(0, -1), { ...event, error }]
}

/** Removes the credentials of a call from a text. */
export const textWithoutSecrets = (text: string, credentials: Credentials): string =>
  cleaner(finderOf(credentials))(text)

/** The headers that hold secrets. Other headers of a signature hold none: dates, projects. */
const secretHeader = /authorization|key|token/
const mostFinders = 100
const finders = new Map<string, SecretFinder>()

/**
 * Returns the finder for the secrets in these headers. Finders are kept, because a provider that refuses everything is called with the same
 * key repeatedly.
 */
function finderOf(credentials: Credentials): SecretFinder {
  const secrets = Object.entries(credentials).flatMap(([name, value]) =>
    // The last word is the secret one: the token after `Bearer`, AWS’s signature after its scope.
    fullMatch(secretHeader, name) !== null ? [value.slice(value.lastIndexOf(' ') + 1)] : [],
  )
  const all = secrets.join(' ')
  const known = finders.get(all)
  if (known !== undefined) return known
  if (finders.size === mostFinders) finders.clear()
  const finder = secretFinder(secrets)
  finders.set(all, finder)
  return finder
}

/** Makes the function that removes secrets from a text. All its texts together have at most `longest` characters; the rest is cut. */
function cleaner(find: SecretFinder): (text: string) => string {
  let left = longest
  return (text) => {
    const kept = text.length <= left ? text : `${text.slice(0, left)}…`
    left = Math.max(0, left - text.length)
    let end = 0
    const pieces = find(kept).map(([from, to]) => {
      const piece = kept.slice(end, from) + hidden
      end = to
      return piece
    })
    return pieces.join('') + kept.slice(end)
  }
}

function cleanValue(value: unknown, clean: (text: string) => string, levels: number): unknown {
  if (typeof value === 'string') return clean(value)
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return '…'
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, clean, levels - 1))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [clean(name), cleanValue(item, clean, levels - 1)]),
  )
}
