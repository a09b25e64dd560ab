// Claude Code and Codex, unmodified, read a file, edit it and run a command, through the gateway in front of a model that follows a script, in
// three upstream languages. It is not part of the usual tests, because the agents are large and have an installation of their own.
// `npm run agents`
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startGateway } from '../gateway.ts'
import { type ScriptedModel, startScriptedModel, type Step, upstreamLanguages } from './scripted-model.ts'

const task = 'Correct the greeting in greeting.txt, then run: cat greeting.txt'
const before = 'Helo, world!\n'
const after = 'Hello, world!\n'
const longestMs = 180_000

interface Agent {
  readonly name: string
  /** What the model does, by the tools that the agent offers. */
  readonly script: (folder: string, tools: ReadonlySet<string>) => readonly Step[]
  readonly command: (home: string) => readonly [string, ...(readonly string[])]
  readonly environment: (url: string, key: string, home: string) => Readonly<Record<string, string>>
  /** The configuration files that it needs, by their names in its home. */
  readonly files: (url: string) => Readonly<Record<string, string>>
}

const binary = (name: string): string => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url))

const claudeCode: Agent = {
  name: 'Claude Code',
  script(folder, tools) {
    if (!tools.has('Read')) return []
    const file_path = join(folder, 'greeting.txt')
    return [
      { tool: 'Read', input: { file_path } },
      { tool: 'Edit', input: { file_path, old_string: 'Helo', new_string: 'Hello' } },
      { tool: 'Bash', input: { command: 'cat greeting.txt', description: 'Shows the file' } },
      { say: 'The greeting is corrected.' },
    ]
  },
  command: () => [binary('claude'), '--print', task, '--allowedTools', 'Read,Edit,Bash', '--output-format', 'text'],
  environment: (url, key, home) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    CLAUDE_CONFIG_DIR: home,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  }),
  files: () => ({}),
}

const patch = [
  '*** Begin Patch',
  '*** Update File: greeting.txt',
  '@@',
  '-Helo, world!',
  '+Hello, world!',
  '*** End Patch',
].join('\n')

const codex: Agent = {
  name: 'Codex',
  script(_, tools) {
    const shell = ['exec_command', 'shell_command', 'shell'].find((name) => tools.has(name))
    if (shell === undefined) return []
    const run = (command: string): Step => {
      if (shell === 'exec_command') return { tool: shell, input: { cmd: command } }
      return { tool: shell, input: { command: shell === 'shell' ? ['bash', '-lc', command] : command } }
    }
    return [
      run('cat greeting.txt'),
      tools.has('apply_patch') ? { tool: 'apply_patch', text: patch } : run("sed -i 's/Helo/Hello/' greeting.txt"),
      run('cat greeting.txt'),
      { say: 'The greeting is corrected.' },
    ]
  },
  command: () => [binary('codex'), 'exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', task],
  environment: (_, key, home) => ({ CODEX_HOME: home, WAYGATE_API_KEY: key }),
  files: (url) => ({
    'config.toml': [
      'model_provider = "waygate"',
      'model = "gpt-5.1-codex"',
      'web_search = "disabled"',
      '[model_providers.waygate]',
      `base_url = "${url}/v1"`,
      'name = "Waygate"',
      'env_key = "WAYGATE_API_KEY"',
      'wire_api = "responses"',
    ].join('\n'),
  }),
}

/** Runs a command and returns what it wrote. */
async function run(
  [file, ...args]: readonly [string, ...(readonly string[])],
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { PATH = '' } = process.env
  const child = spawn(file, args, {
    cwd: folder,
    env: { PATH, HOME: folder, TERM: 'dumb', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestMs,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

async function attempt(agent: Agent, language: (typeof upstreamLanguages)[number]): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'waygate-agent-'))
  const home = await mkdtemp(join(tmpdir(), 'waygate-agent-home-'))
  let model: ScriptedModel | undefined
  let gateway: Awaited<ReturnType<typeof startGateway>> | undefined
  try {
    const scripted = await startScriptedModel(language, (tools) => agent.script(folder, tools))
    model = scripted
    gateway = await startGateway({
      aliases: { 'claude-*': 'scripted/model', 'gpt-*': 'scripted/model', 'codex-*': 'scripted/model' },
      providers: Object.fromEntries(
        ['prov-a', 'prov-b', 'prov-c'].map((slug) => [
          slug,
          { name: slug, protocol: language, base_url: scripted.url, api_key: 'secret' },
        ]),
      ),
      models: {
        'scripted/model': {
          context_length: 400_000,
          input_modalities: ['text', 'image', 'file'],
          endpoints: [{ provider: 'prov-a', model: 'scripted', pricing: { prompt: 1, completion: 2 } }],
        },
      },
    })
    await writeFile(join(folder, 'greeting.txt'), before)
    for (const [name, text] of Object.entries(agent.files(gateway.url))) await writeFile(join(home, name), text)
    const { code, output } = await run(agent.command(home), folder, agent.environment(gateway.url, gateway.key, home))
    const text = await readFile(join(folder, 'greeting.txt'), 'utf8')
    const isDone = code === 0 && text === after && output.includes('The greeting is corrected.')
    if (isDone) return null
    const refused = gateway.log.filter((line) => /"status":[45]/.test(line)).slice(0, 5)
    return [
      `exit ${code}, ${scripted.asked.length} requests, file ${JSON.stringify(text)}`,
      output.slice(-2_000),
      ...refused,
    ].join('\n')
  } finally {
    await gateway?.close()
    model?.close()
    await rm(folder, { recursive: true })
    await rm(home, { recursive: true, force: true })
  }
}

let failures = 0
for (const agent of [claudeCode, codex]) {
  for (const language of upstreamLanguages) {
    const failure = await attempt(agent, language)
    console.log(
      `${agent.name} on a model behind ${language}: ${failure === null ? 'did the task' : `FAILED\n${failure}`}`,
    )
    if (failure !== null) failures++
  }
}
process.exitCode = failures === 0 ? 0 : 1
