import { Command } from 'commander'
import { nanoUsd } from '../../canonical/money.ts'
import type { Config } from '../../config/config.ts'
import type { KeyChange, KeyRecord, KeyStore } from '../../storage/stores/key-store.ts'
import { systemClock } from '../../util/clock.ts'
import { findKey, parseKeyLimit, parseName, refuseTakenName } from '../key-names.ts'
import {
  configOption,
  includeByokOption,
  type LimitOptions,
  parseCount,
  refuseWithoutLimit,
  resetOption,
} from '../options.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'
import { withStorage } from '../with-storage.ts'

interface ChangeOptions extends ConfigOption {
  readonly account?: string
}

/** A key that was found, and all stored keys. */
interface FoundKey {
  readonly key: KeyRecord
  readonly keys: KeyStore
  readonly stored: readonly KeyRecord[]
  readonly config: Config
}

const changing = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('<name>', 'the name of the key')
    .option('--account <account>', 'the account that owns it, where several have a key of that name')
    .addOption(configOption())

const disable = changing('disable', 'Refuse requests with a key, until it is enabled.').action(
  (name: string, options: ChangeOptions) => withKey(name, options, update({ disabled: true }), 'is disabled'),
)

const enable = changing('enable', 'Take requests with a key that was disabled.').action(
  (name: string, options: ChangeOptions) => withKey(name, options, update({ disabled: false }), 'is enabled'),
)

const remove = changing('delete', 'Delete a key for ever. What it spent stays on record.').action(
  (name: string, options: ChangeOptions) =>
    withKey(name, options, ({ keys, key }) => keys.delete(key.hash), 'is deleted'),
)

const setLimit = changing('set-limit', 'Set what a key may spend: in all, or with --reset in each day, week or month.')
  .argument('<usd>', 'an amount in USD, or none', (text) => (text === 'none' ? null : parseKeyLimit(text)))
  .addOption(resetOption())
  .addOption(includeByokOption())
  .action((name: string, limit: number | null, options: ChangeOptions & LimitOptions, command: Command) => {
    const { reset = null, includeByok } = options
    refuseWithoutLimit(command, limit, options, 'Leave it out, or give an amount.')
    const amount = limit === null ? null : nanoUsd(limit)
    const change = update({ limit: amount, limitReset: reset, includeByokInLimit: includeByok })
    const extent = `${reset === null ? 'in all' : reset}${includeByok ? ', with BYOK' : ''}`
    return withKey(name, options, change, limit === null ? 'has no limit' : `may spend $${limit} ${extent}`)
  })

/** Commander does not keep null as the value of an option. */
type Rate = number | 'none'

interface RateOptions extends ChangeOptions {
  readonly requests?: Rate
  readonly tokens?: Rate
}

const parseRate = (text: string): Rate => (text === 'none' ? 'none' : parseCount(text))
const rateWords = (rate: Rate): string => {
  if (rate === 'none') return 'as configured'
  return rate === 0 ? '0 (so every request is refused)' : `${rate}`
}
const orNull = (rate: Rate): number | null => (rate === 'none' ? null : rate)

const setRate = changing('set-rate', 'Set how many requests and tokens a key may use in a minute.')
  .option('--requests <n>', 'requests in a minute; none: as configured', parseRate)
  .option('--tokens <n>', 'tokens in a minute; none: as configured', parseRate)
  .action((name: string, { requests, tokens, ...options }: RateOptions, command: Command) => {
    if (requests === undefined && tokens === undefined) command.error('error: give --requests, --tokens or both')
    const change = update({
      ...(requests !== undefined && { requestsPerMinute: orNull(requests) }),
      ...(tokens !== undefined && { tokensPerMinute: orNull(tokens) }),
    })
    const limits = [
      ...(requests === undefined ? [] : [`requests: ${rateWords(requests)}`]),
      ...(tokens === undefined ? [] : [`tokens: ${rateWords(tokens)}`]),
    ]
    return withKey(name, options, change, `is limited in a minute, ${limits.join(', ')}`)
  })

const rename = changing('rename', 'Call a key something else. The key itself stays the same.')
  .argument('<new-name>', 'what to call it; no other key of the account may have that name', parseName)
  .action((name: string, newName: string, options: ChangeOptions) =>
    withKey(
      name,
      options,
      (found) => {
        const others = found.stored.filter(({ hash }) => hash !== found.key.hash)
        refuseTakenName(found.config.keys, others, { name: newName, account: found.key.account })
        return update({ name: newName })(found)
      },
      `is now called "${newName}"`,
    ),
  )

export const keyChanges: readonly Command[] = [disable, enable, remove, setLimit, setRate, rename]

const update =
  (change: Omit<KeyChange, 'updatedAt'>) =>
  ({ keys, key }: FoundKey): Promise<boolean> =>
    keys.update(key.hash, { ...change, updatedAt: systemClock.now() })

/** Finds a key, changes it, and prints what was done. */
async function withKey(
  name: string,
  options: ChangeOptions,
  act: (found: FoundKey) => Promise<boolean>,
  done: string,
): Promise<void> {
  const config = readConfig(options)
  await withStorage(config, async ({ keys }) => {
    const stored = await keys.list()
    const key = findKey(config, stored, name, options.account)
    if (!(await act({ key, keys, stored, config }))) throw new Error(`The key "${name}" is gone already.`)
    process.stdout.write(`The key "${name}" of account "${key.account}" ${done}.\n`)
  })
}
