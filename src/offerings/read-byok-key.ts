import type { ProviderConfig } from '../config/config.ts'
import { type BroughtKey, keyFault, type KeyFault, type Provider } from '../providers/provider.ts'
import { nearestWord } from '../util/nearest-word.ts'
import { fullMatch } from '../util/pattern.ts'

/** The providers for which an account may bring a key. */
export interface KeyedProviders {
  readonly builtIn: ReadonlyMap<string, Provider>
  readonly configured: ReadonlyMap<string, ProviderConfig>
}

/** Returns why an account cannot bring a key for this provider; null where it can. The message is read after the slug. */
export function providerFault({ builtIn, configured }: KeyedProviders, slug: string): string | null {
  if (configured.has(slug)) return null
  const provider = builtIn.get(slug)
  if (provider === undefined) {
    const nearest = nearestWord(slug, new Set([...builtIn.keys(), ...configured.keys()]))
    return `is no provider of this gateway.${nearest === null ? ' GET /api/v1/providers lists them.' : ` Did you mean "${nearest}"?`}`
  }
  return provider.local === true ? 'is a server of this machine, which needs no key.' : null
}

/** Reads a key for a provider that has no fault. The message of a fault quotes nothing of the key. */
export function readByokKey({ builtIn }: KeyedProviders, slug: string, text: string): BroughtKey | KeyFault {
  const read = builtIn.get(slug)?.readKey ?? readPlainKey
  return read(text.trim())
}

/** A key is sent in a header. */
function readPlainKey(text: string): BroughtKey | KeyFault {
  if (fullMatch(/^[!-~]{1,512}$/, text) === null || text.startsWith('{')) {
    return keyFault('must be the API key itself: 1 to 512 printable ASCII characters without spaces.')
  }
  return { type: 'key', apiKey: text, shown: text }
}
