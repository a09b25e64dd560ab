import type { Authenticator } from '../auth/authenticate.ts'
import { byokSecrets } from '../auth/byok-entry.ts'
import { openByokVault } from '../auth/byok-vault.ts'
import { forgetSecrets, rotateSecrets } from '../auth/rotate-secrets.ts'
import type { Issue } from '../canonical/errors.ts'
import type { Config } from '../config/config.ts'
import { type KeyedProviders, providerFault, readByokKey } from '../offerings/read-byok-key.ts'
import { providers } from '../providers/_registry.ts'
import {
  type InstallationKey,
  openInstallationKey,
  parseInstallationKey,
  passingKey,
  readInstallationKey,
} from '../secrets/installation-key.ts'
import { SecretCipher } from '../secrets/secret-cipher.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { ByokStore } from '../storage/stores/byok-store.ts'
import { destinationSecrets } from '../telemetry/destinations/destination-entry.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'

type InstallationKeys = readonly [InstallationKey, ...InstallationKey[]]

/** Returns the keys of this installation, the one in use first, and makes the file where there is neither a key nor a file. */
export function installationKeys({ secrets: { keys, keyFile } }: Config): InstallationKeys {
  return givenKeys(keys) ?? [keyFile === null ? passingKey() : openInstallationKey(keyFile)]
}

function givenKeys([first, ...others]: readonly string[]): InstallationKeys | null {
  return first === undefined ? null : [parseInstallationKey(first), ...others.map(parseInstallationKey)]
}

/** Opens the vault of the keys that accounts bring for providers, with the key of the installation. */
export async function wireByok(dependencies: {
  readonly config: Config
  /** Returns the configuration that is in use. */
  readonly settings: () => Config
  readonly store: ByokStore
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly opened: ClosingStack
  readonly onError: (error: Error) => void
}) {
  const { config, settings, store, authenticator, clock, opened, onError } = dependencies
  const keys = installationKeys(config)
  const cipher = new SecretCipher(keys)
  const vault = await openByokVault({
    store,
    cipher,
    clock,
    readKey: (provider, key) => readKey(keyedProviders(settings()), provider, key),
    hasApiKey: authenticator.hasKey,
    onError,
  })
  opened.add(() => vault.close())
  return { vault, cipher, installationKey: keys[0] }
}

/** Returns the providers for which accounts may bring keys. */
export const keyedProviders = (config: Config): KeyedProviders => ({
  builtIn,
  configured: new Map(config.providers.map((provider) => [provider.slug, provider])),
})

const builtIn = new Map(providers.map((provider) => [provider.slug, provider]))

function readKey(keyed: KeyedProviders, provider: string, key: string): { readonly shown: string } | Issue {
  const fault = providerFault(keyed, provider)
  if (fault !== null) return { path: 'provider', message: fault }
  const read = readByokKey(keyed, provider, key)
  return read.type === 'key' ? read : { path: 'key', message: read.message }
}

/** What commands do with the stored secrets, beside running gateways. */
export interface StoredSecrets {
  /** Encrypts all secrets with the first key. Returns how many were encrypted anew. */
  rotate(): Promise<number>
  /** Deletes the secrets that no given key can decrypt. Returns how many there were. */
  forget(): Promise<number>
  close(): Promise<void>
}

/**
 * Opens the stored secrets alone.
 * @throws Error where this installation has no key yet.
 */
export async function openStoredSecrets(config: Config): Promise<StoredSecrets> {
  const cipher = new SecretCipher(existingKeys(config))
  const { byok, destinations, close } = await openStorage(config.storage.url)
  const kinds = [byokSecrets(byok), destinationSecrets(destinations, systemClock.now)]
  return { rotate: () => rotateSecrets(byok, kinds, cipher), forget: () => forgetSecrets(byok, kinds, cipher), close }
}

/** A command makes no key: one that is made by mistake would be taken for the key of the installation. */
function existingKeys({ secrets: { keys, keyFile } }: Config): InstallationKeys {
  const given = givenKeys(keys)
  if (given !== null) return given
  const key = keyFile === null ? null : readInstallationKey(keyFile)
  if (key !== null) return [key]
  throw new Error(
    `There is no key at ${keyFile}. Set secrets.key or secrets.keys, or start the gateway once, which makes the file.`,
  )
}
