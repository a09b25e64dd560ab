import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { readEnvironment } from '../config/read-environment.ts'
import { check } from './commands/check.ts'
import { keys } from './commands/keys.ts'
import { models } from './commands/models.ts'
import { route } from './commands/route.ts'
import { serve } from './commands/serve.ts'
import { simulator } from './commands/simulator.ts'

const program = new Command('waygate')
  .description('A self-hosted LLM gateway that speaks OpenRouter’s API.')
  .version(readVersion())
  // So that wrong usage can end with another code than a command that failed.
  .exitOverride()
  .showHelpAfterError('(see --help)')

for (const command of [serve, keys, check, models, route, simulator]) adopt(program, command)

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', () => process.exit(0))

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** Adds a command that behaves like its parent, and so do those below it. */
function adopt(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent)
  for (const below of command.commands) below.copyInheritedSettings(command)
  parent.addCommand(command)
}

/** Tells the user what went wrong, and returns the exit code. */
function explain(error: unknown): number {
  // Commander has printed its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const debug = readEnvironment()['WAYGATE_DEBUG'] === '1'
  const message = error instanceof Error ? (debug && error.stack) || error.message : String(error)
  process.stderr.write(`${message}\n`)
  return 1
}

/** From the package file, which lies as far above the sources as above the build. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return String(JSON.parse(text).version)
}
