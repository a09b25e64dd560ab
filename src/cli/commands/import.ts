import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Command } from 'commander'
import { loadEntries } from '../../catalog/load-entries.ts'
import { checkImported } from '../check-imported.ts'
import { codeOf } from '../../util/code-of.ts'
import { messageOf } from '../../util/message-of.ts'

interface Options {
  readonly out?: string
}

const litellm = new Command('litellm')
  .description('Make a configuration from that of a LiteLLM proxy, and say what was left out and why.')
  .argument('<file>', 'LiteLLM’s config.yaml')
  .option('--out <file>', 'write it to this file, which must not exist; default: print it')
  .action(async (file: string, { out }: Options) => {
    const [{ importLiteLlm }, { stringify }] = await Promise.all([
      import('../../importers/litellm/import-litellm.ts'),
      import('yaml'),
    ])
    const { config, remarks } = importFrom(file, importLiteLlm)
    const text = `# Made by \`waygate import litellm ${basename(file)}\`. docs/configuration.md describes every key.\n${stringify(config, { lineWidth: 0 })}`
    checkImported(text)
    if (out === undefined) process.stdout.write(text)
    else write(out, text)
    for (const { line, path, message } of remarks) process.stderr.write(`${file}:${line} ${path}: ${message}\n`)
  })

export const importing = new Command('import')
  .description('Make a configuration from that of another gateway.')
  .addCommand(litellm)

/** @throws Error that names the file, for one that cannot be read or imported. */
function importFrom<Result>(
  file: string,
  read: (text: string, entries: ReturnType<typeof loadEntries>) => Result,
): Result {
  try {
    return read(readFileSync(file, 'utf8'), loadEntries())
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Error(`${file}: there is no such file.`, { cause: error })
    throw new Error(`${file}: ${messageOf(error)}`, { cause: error })
  }
}

/** @throws Error that says what to do, where the file is there already. */
function write(file: string, text: string): void {
  try {
    // It may hold keys.
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new Error(`${file} exists already. Name another file with --out.`, { cause: error })
  }
  process.stdout.write(`${file} is written. \`waygate check --config ${file}\` says what it offers.\n`)
}
