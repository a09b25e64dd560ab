import { GatewayError } from '../canonical/errors.ts'
import type { CallBatch } from '../canonical/generation-event.ts'
import { isObject } from '../util/json.ts'
import type { Account } from './sign/sign.ts'

const hidden = '[REDACTED]'
/** Shorter ones are no secrets, and part of ordinary words: `none`, `ollama`. */
const shortestSecret = 8
/** An error body has a few levels. One of thousands would overflow the stack of whoever walks or serialises it. */
const deepest = 32

/** What an upstream was shown. */
export interface Shown {
  readonly account: Account
  /** The headers that signing added. */
  readonly credentials: Readonly<Record<string, string>>
}

/** The API key, and what was made of it or of other credentials: tokens, signatures. */
function secretsOf({ account: { apiKey }, credentials }: Shown): readonly string[] {
  const tokens = Object.values(credentials).map((value) => value.replace(/^Bearer /, ''))
  return [...(apiKey === undefined ? [] : [apiKey]), ...tokens].filter(({ length }) => length >= shortestSecret)
}

/**
 * A last batch whose error does not repeat the credentials that the call was made with. Upstreams quote refused requests,
 * headers included, and what they say reaches the client as message, code and `raw` (contract §5.3).
 */
export function withoutSecrets(last: CallBatch, shown: Shown): CallBatch {
  const event = last.at(-1)
  if (event?.type !== 'error') return last
  const secrets = secretsOf(shown)
  const clean = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, hidden), text)
  const { kind, message, details, cause } = event.error
  const error = new GatewayError(kind, clean(message), {
    ...details,
    ...(details.providerCode !== undefined && { providerCode: clean(details.providerCode) }),
    ...(details.raw !== undefined && { raw: cleanValue(details.raw, clean, deepest) }),
  })
  error.cause = cause
  return [...last.slice(0, -1), { ...event, error }]
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
