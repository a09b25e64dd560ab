import { Command } from 'commander'
import { openStoredSecrets } from '../../gateway.ts'
import { configOption } from '../options.ts'
import { readConfig, type ConfigOption } from '../read-config.ts'

const rotate = new Command('rotate')
  .description('Encrypt all stored secrets with the first of secrets.keys. Servers may run meanwhile.')
  .addOption(configOption())
  .action((options: ConfigOption) =>
    withSecrets(options, async (stored) => {
      const count = await stored.rotate()
      return `${counted(count)} encrypted anew. Nothing needs the older keys now: remove them from secrets.keys.`
    }),
  )

const forget = new Command('forget')
  .description('Delete the stored secrets whose key is lost, so that a server starts again with the present key.')
  .addOption(configOption())
  .action((options: ConfigOption) =>
    withSecrets(options, async (stored) => `${counted(await stored.forget())} deleted.`),
  )

export const secrets = new Command('secrets')
  .description(
    'Look after the encryption of stored secrets: the keys that accounts brought for providers, and the settings of their destinations.',
  )
  .addCommand(rotate)
  .addCommand(forget)

const counted = (count: number): string => `${count} ${count === 1 ? 'secret was' : 'secrets were'}`

type Stored = Awaited<ReturnType<typeof openStoredSecrets>>

async function withSecrets(options: ConfigOption, act: (stored: Stored) => Promise<string>): Promise<void> {
  const stored = await openStoredSecrets(readConfig(options))
  try {
    process.stdout.write(`${await act(stored)}\n`)
  } finally {
    await stored.close()
  }
}
