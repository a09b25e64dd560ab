import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config/load-config.ts'
import { builtInProviders } from '../src/gateway.ts'
import { simulatedText } from '../src/simulator/simulated-text.ts'
import { runWaygate, startWaygate, temporaryDirectory } from './cli/run-waygate.ts'

const run = promisify(execFile)
const repository = fileURLToPath(new URL('..', import.meta.url))

/** docs/configuration.md has a test of its own. */
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: repository }).filter((page) => !page.includes('configuration'))
const text = (page: string): string => readFileSync(join(repository, page), 'utf8')

/** Returns the code blocks of a page in one language, without the indentation of lists. */
function blocks(page: string, language: string): readonly string[] {
  return [...text(page).matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\`$`, 'gm'))].map(
    ([, indentation = '', block = '']) => block.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
  )
}

/** Returns each command of the README's shell blocks on one line, without its remark. */
const commands = blocks('README.md', 'sh').flatMap((block) =>
  block
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +# .*/, '')),
)

const [configuration = ''] = blocks('README.md', 'yaml')

const liteLlm = 'model_list: [{ model_name: m1, litellm_params: { model: openai/gpt-4o-mini } }]'

/** Every variable in a sample, with a value that is long enough for a key. */
const variables = (sample: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...sample.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, valueOf(name)]))

/** An installation key is 32 bytes; every other value may be any text. */
const valueOf = (name: string): string => (name.endsWith('SECRET_KEY') ? 'ab'.repeat(32) : `${name}-0123456789`)

/** Starts a server without configuration, as the README does, and returns a text of the README with the server's address. */
async function serve() {
  const directory = temporaryDirectory()
  const server = startWaygate(['serve', '--port', '0'], { directory })
  const url = await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
  const key = await server.printed(/API key[^\n]*: (\S+)\n/)
  return { directory, key, server, at: (sample: string) => sample.replaceAll('http://127.0.0.1:8402', url) }
}

test('the command of a clone can be run as it is', async () => {
  const { stdout } = await run('git', ['ls-files', '--stage', 'bin/waygate.js'], { cwd: repository })
  expect(stdout).toMatch(/^100755 /)
})

describe('README.md', () => {
  test('shows what npm start prints', async () => {
    const { server, key, at } = await serve()
    const shown = text('README.md').match(/^```\n(Waygate listens[^]*?)^```$/m)?.[1] ?? 'nothing'
    await server.printed(/(-d '[^\n]*)\n/)
    const [token = ''] = server.stdout().match(/token=[\w-]{43}/) ?? []
    expect(server.stdout().trimEnd()).toBe(at(shown).replaceAll('sk-or-v1-…', key).replace('token=…', token).trimEnd())
  })

  const snippets = ['README.md', 'docs/surfaces.md', 'docs/media.md'].flatMap((page) =>
    blocks(page, 'ts').map((snippet) => [page, /from '([^']+)'/.exec(snippet)?.[1] ?? '', snippet] as const),
  )

  test.each(snippets)('%s: %s gets an answer', async (_page, _client, snippet) => {
    const { directory, key, at } = await serve()
    symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'))
    const file = join(directory, 'snippet.mts')
    writeFileSync(file, at(snippet))
    const { stdout } = await run(process.execPath, [file], { env: { WAYGATE_API_KEY: key }, timeout: 50_000 })
    expect(stdout.trim()).toBe(simulatedText(12))
  })

  test('docs/surfaces.md and docs/media.md show the clients', () => {
    expect(snippets.map(([, client]) => client)).toEqual([
      'openai',
      '@openrouter/sdk',
      '@openrouter/ai-sdk-provider',
      '@anthropic-ai/sdk',
      'openai',
      'openai',
      'openai',
    ])
  })

  test.each(commands.filter((command) => command.startsWith('curl ')))('%s', async (command) => {
    const { key, at } = await serve()
    const env = { PATH: process.env['PATH'], WAYGATE_API_KEY: key }
    const { stdout } = await run('sh', ['-c', at(command)], { env, timeout: 50_000 })
    for (const word of simulatedText(12).split(' ')) expect(stdout).toContain(word)
  })

  test.each(commands.filter((command) => command.startsWith('waygate ')))('%s', async (command) => {
    const options = { directory: temporaryDirectory(), environment: variables(configuration) }
    writeFileSync(join(options.directory, 'waygate.yaml'), configuration)
    if (command.includes(' import ')) writeFileSync(join(options.directory, 'config.yaml'), liteLlm)
    // The key of an earlier command, and the database that it makes.
    if (/ (disable|ledger|presets|backup) /.test(command))
      await runWaygate(['keys', 'create', '--name', 'team'], options)
    const arguments_ = command.replace('--port 8402', '--port 0').split(' ').slice(1)
    if (command.includes(' serve') || command.includes(' simulator')) {
      const started = startWaygate(arguments_, options)
      await started.printed(/listens on (http\S+)/)
      expect(await started.stop('SIGTERM')).toBe(0)
    } else {
      const { code, stdout, stderr } = await runWaygate(arguments_, options)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(stdout).not.toBe('')
    }
  })

  test('shows no other commands than these and four of npm', () => {
    const others = commands.filter((command) => !/^(curl|waygate) /.test(command))
    // test/package.test.ts packs and installs.
    const { version } = JSON.parse(text('package.json'))
    const installs = ['npm pack', `npm install --global ./waygate-${version}.tgz`]
    expect(others).toEqual(['npm ci && npm start', ...installs, 'npm ci && npm test'])
  })
})

test.each(pages.flatMap((page) => blocks(page, 'yaml').map((sample) => [page, sample] as const)))(
  'a configuration in %s is accepted: %s',
  (_, sample) => {
    const workingDirectory = temporaryDirectory()
    writeFileSync(join(workingDirectory, 'waygate.yaml'), sample)
    // The provider that CONTRIBUTING.md adds.
    const known = [...builtInProviders, { slug: 'acme-cloud', variables: ['ACME_CLOUD_API_KEY'] }]
    const config = loadConfig({ environment: variables(sample), workingDirectory, builtInProviders: known })
    expect(config.file).toBe(join(workingDirectory, 'waygate.yaml'))
  },
)

test.each(pages)('%s links to what is there, and names npm scripts that exist', (page) => {
  // What stands in code, such as a pattern, is no link.
  const prose = text(page).replaceAll(/`[^`\n]*`/g, '')
  const targets = [...prose.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => !existsSync(join(repository, dirname(page), target)))).toEqual([])
  const { scripts } = JSON.parse(text('package.json'))
  const named = [...text(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})
