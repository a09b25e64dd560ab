import { Command, CommanderError } from 'commander'
import { readEnvironment } from '../config/read-environment.ts'
import { packageVersion } from '../util/package-version.ts'
import { backup } from './commands/backup.ts'
import { chaos } from './commands/chaos.ts'
import { check } from './commands/check.ts'
import { console } from './commands/console.ts'
import { credits } from './commands/credits.ts'
import { importing } from './commands/import.ts'
import { keys } from './commands/keys.ts'
import { ledger } from './commands/ledger.ts'
import { models } from './commands/models.ts'
import { presets } from './commands/presets.ts'
import { route } from './commands/route.ts'
import { secrets } from './commands/secrets.ts'
import { serve } from './commands/serve.ts'
import { simulator } from './commands/simulator.ts'

const program = new Command('waygate')
  .description('A self-hosted LLM gateway that speaks OpenRouter’s API.')
  .version(packageVersion())
  // Without this, commander would end the process itself. Wrong usage must end with another exit code than a command that failed.
  .exitOverride()
  .showHelpAfterError('(see --help)')

for (const command of [
  serve,
  console,
  keys,
  credits,
  presets,
  secrets,
  ledger,
  backup,
  chaos,
  check,
  importing,
  models,
  route,
  simulator,
])
  adopt(program, command)

// A reader that closes the pipe early, such as `head`, is not a failure.
process.stdout.on('error', () => process.exit(0))

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** Adds a command with its parent's settings, which its own subcommands receive as well. */
function adopt(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent)
  for (const below of command.commands) below.copyInheritedSettings(command)
  parent.addCommand(command)
}

/** Prints the error for the user, and returns the exit code. */
function explain(error: unknown): number {
  // Commander has already printed its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const debug = readEnvironment()['WAYGATE_DEBUG'] === '1'
  const message = error instanceof Error ? (debug && error.stack) || error.message : String(error)
  process.stderr.write(`${message}\n`)
  return 1
}
