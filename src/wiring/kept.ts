import { randomUUID } from 'node:crypto'
import type { Happenings } from '../canonical/happening.ts'
import { loadEntries } from '../catalog/load-entries.ts'
import type { Config } from '../config/config.ts'
import type { CredentialReference } from '../health/candidate.ts'
import { createDocuments } from '../documents/create-documents.ts'
import { SpooledFile } from '../http/audio/spooled-file.ts'
import { UploadSpace } from '../http/audio/upload-space.ts'
import { collectContent } from '../ledger/collect-content.ts'
import { BundledSimulator } from '../offerings/bundled-simulator.ts'
import type { Offerings } from '../offerings/offerings.ts'
import { createCachedAnswers } from '../response-cache/response-cache.ts'
import { createEndUserId } from '../secrets/end-user-id.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createDispatcher } from '../upstream/dispatcher.ts'
import { Channel } from '../util/channel.ts'
import { systemClock as clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'
import { wireByok } from './byok.ts'
import { wireLearned } from './learned.ts'
import { wireOperations } from './operations.ts'
import { wireSharedState } from './shared-state.ts'
import { wireSignIn } from './sign-in.ts'
import { wireStorage } from './storage.ts'
import { wireTelemetry } from './telemetry.ts'

/** What lasts as long as the gateway: everything that is open, and everything that is learned or counted. */
export type Kept = Awaited<ReturnType<typeof wireKept>>

/**
 * Opens what lasts as long as the gateway, whatever configuration is in use. Whatever must be closed again is put on the stack as soon as it
 * is open.
 */
export async function wireKept(dependencies: {
  /** The configuration of the start, for what cannot be changed later. */
  readonly config: Config
  /** Returns the configuration that is in use. What can be changed is read from it each time. */
  readonly settings: () => Config
  /** Returns what is offered now; null until the first configuration is in use. */
  readonly offerings: () => Offerings | null
  /** Returns how many requests are being answered. */
  readonly running: () => number
  readonly opened: ClosingStack
  readonly logOutput?: { write(line: string): void }
}) {
  const { config, settings, offerings, running, opened, logOutput } = dependencies
  const happenings: Happenings = new Channel()
  const logger = createLogger(happenings, liveLog(settings), logOutput)
  opened.add(() => logger.close())
  const onErrorOf = (part: 'storage' | 'keys of accounts' | 'destinations of accounts') => (error: Error) =>
    logger.error(error, part)
  /** Tells this node from others in leases, in shared facts and to operators. */
  const node = randomUUID()
  const shared = await wireSharedState({ config, node, clock, happenings, opened })
  const { facts } = shared
  const storage = await wireStorage({
    config,
    settings,
    node,
    clock,
    happenings,
    facts,
    opened,
    onError: onErrorOf('storage'),
  })
  const { vault, cipher, installationKey } = await wireByok({
    config,
    settings,
    store: storage.byok,
    authenticator: storage.authenticator,
    clock,
    opened,
    onError: onErrorOf('keys of accounts'),
  })
  const dispatcher = createDispatcher({
    get connectMs() {
      return settings().timeouts.connectMs
    },
  })
  opened.add(() => dispatcher.destroy())
  const simulator = new BundledSimulator()
  opened.add(() => simulator.close())
  const documents = createDocuments()
  opened.add(() => documents.close())
  const answersBound = {
    get maxBytes() {
      return settings().limits.responseCacheBytes
    },
  }
  const uploadSpace = new UploadSpace({
    get bytes() {
      return settings().limits.uploadBytes
    },
  })
  const credentials = (provider: string): readonly CredentialReference[] => offerings()?.credentials(provider) ?? []
  const learned = wireLearned({ settings, credentials, clock, happenings, facts })
  const telemetry = await wireTelemetry({
    config,
    settings,
    clock,
    happenings,
    offerings,
    running,
    learned,
    storage,
    cipher,
    dispatcher,
    onError: onErrorOf('destinations of accounts'),
    onLoss: logger.loss,
    opened,
  })
  return {
    logger,
    storage,
    signIn: wireSignIn({ ...storage, config, clock }),
    operations: wireOperations({ config, node, storage, happenings, clock }),
    telemetry,
    collect: collectContent([storage.contentLog, telemetry.broadcaster]),
    clock,
    happenings,
    vault,
    endUserId: createEndUserId(installationKey),
    dispatcher,
    entries: loadEntries(),
    simulator,
    documents,
    learned,
    spool: () => SpooledFile.create(uploadSpace),
    answers: createCachedAnswers(answersBound, clock, facts),
    shared,
  }
}

const liveLog = (settings: () => Config): Config['log'] => ({
  get level() {
    return settings().log.level
  },
  get format() {
    return settings().log.format
  },
})
