import { Command } from 'commander'
import { defaults } from '../../config/defaults.ts'
import type { PresetStatus, PresetStore } from '../../storage/stores/preset-store.ts'
import { systemClock } from '../../util/clock.ts'
import { parseName } from '../key-names.ts'
import { configOption } from '../options.ts'
import { printTable } from '../print-table.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'
import { withStorage } from '../with-storage.ts'

interface ChangeOptions extends ConfigOption {
  readonly account: string
}

const list = new Command('list')
  .description('List the presets of all accounts, those that were changed last first.')
  .addOption(configOption())
  .action(listPresets)

type Change = (presets: PresetStore, account: string, slug: string) => Promise<boolean>

const changing = (name: string, description: string, change: Change, done: string): Command =>
  new Command(name)
    .description(description)
    .argument('<slug>', 'the slug of the preset', parseName)
    .option('--account <account>', 'the account that has it', parseName, defaults.account)
    .addOption(configOption())
    .action((slug: string, options: ChangeOptions) => changePreset(slug, options, change, done))

const setStatus =
  (status: PresetStatus): Change =>
  (presets, account, slug) =>
    presets.setStatus(account, slug, status, systemClock.now())

export const presets = new Command('presets')
  .description(
    'List presets and change their status. They are made through the API. What is changed counts in a running server within 2 seconds.',
  )
  .addCommand(list)
  .addCommand(
    changing('disable', 'Refuse requests with a preset, until it is enabled.', setStatus('disabled'), 'is disabled'),
  )
  .addCommand(changing('enable', 'Take requests with a preset again.', setStatus('active'), 'is enabled'))
  .addCommand(
    changing(
      'archive',
      'Refuse requests with a preset, and new versions of it, until it is enabled.',
      setStatus('archived'),
      'is archived',
    ),
  )
  .addCommand(
    changing(
      'delete',
      'Delete a preset with all its versions, for ever.',
      (presets, account, slug) => presets.delete(account, slug),
      'is deleted',
    ),
  )

async function listPresets(options: ConfigOption): Promise<void> {
  await withStorage(readConfig(options), async ({ presets }) => {
    const rows = (await presets.list()).map(({ slug, account, status, lastVersion, updatedAt }) => [
      slug,
      account,
      status,
      String(lastVersion),
      new Date(updatedAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    ])
    printTable(['SLUG', 'ACCOUNT', 'STATUS', 'VERSIONS', 'CHANGED'], rows)
  })
}

async function changePreset(slug: string, options: ChangeOptions, change: Change, done: string): Promise<void> {
  const { account } = options
  await withStorage(readConfig(options), async ({ presets }) => {
    if (!(await change(presets, account, slug))) throw new Error(`The account "${account}" has no preset "${slug}".`)
  })
  process.stdout.write(`The preset "${slug}" of the account "${account}" ${done}.\n`)
}
