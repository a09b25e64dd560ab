import type { Authenticator } from '../auth/authenticate.ts'
import { checkSecretKey } from '../auth/secret-key-check.ts'
import { GatewayError, type Issue } from '../canonical/errors.ts'
import type { SendRequest } from '../canonical/outgoing-request.ts'
import { compileValidator } from '../protocols/schema/validate.ts'
import type { SecretCipher } from '../secrets/secret-cipher.ts'
import type { ByokStore } from '../storage/stores/byok-store.ts'
import type { DestinationStore } from '../storage/stores/destination-store.ts'
import { destinations } from '../telemetry/broadcast/_registry.ts'
import type { BroadcastTarget } from '../telemetry/broadcast/broadcaster.ts'
import { type Destinations, openDestinations } from '../telemetry/destinations/open-destinations.ts'
import { FetchFailure } from '../upstream/fetch-failure.ts'
import type { Clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'

/** Opens the destinations of accounts, with the key of the installation. */
export async function wireDestinations(dependencies: {
  readonly store: DestinationStore
  readonly marks: Pick<ByokStore, 'claimKeyMark'>
  readonly cipher: SecretCipher
  readonly authenticator: Pick<Authenticator, 'hasKey'>
  readonly clock: Clock
  /** Sends to addresses that came through the API. */
  readonly guardedSend: SendRequest
  readonly onRead: (targets: readonly BroadcastTarget[]) => void
  readonly onError: (error: Error) => void
  readonly opened: ClosingStack
}): Promise<Destinations> {
  const { store, marks, cipher, authenticator, guardedSend, opened, ...rest } = dependencies
  const sealed = (await store.list()).map(({ sealedConfig }) => sealedConfig)
  await checkSecretKey(marks, cipher, sealed)
  const opening = await openDestinations({
    ...rest,
    store,
    cipher,
    destinations: destinationsByType,
    issuesOf: ({ type }, settings) => validators.get(type)?.(settings) ?? [],
    hasApiKey: authenticator.hasKey,
    send: (request, signal) => guardedSend(request, signal).catch(explain),
  })
  opened.add(() => opening.close())
  return opening
}

/** The types of destinations by their names. */
export const destinationsByType = new Map(destinations.map((destination) => [destination.type, destination]))

const validators = new Map(
  destinations.map(({ type, schema }) => {
    const validate = compileValidator(schema)
    const issuesOf = (settings: unknown): readonly Issue[] => {
      const checked = validate(settings)
      return checked.ok ? [] : checked.issues
    }
    return [type, issuesOf]
  }),
)

/** Only why an address may not be called is explained. Why a call failed could reveal what is behind the address. */
function explain(error: unknown): never {
  if (error instanceof FetchFailure && error.reason === 'refused') {
    throw new GatewayError('invalid_request', `the address ${error.message}`)
  }
  throw error
}
