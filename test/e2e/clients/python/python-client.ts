import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestGateway } from '../../../gateway.ts'

const run = promisify(execFile)
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const requirements = here('requirements.txt')

/** The folder is below an ignored one, which `npm ci` empties. */
const cache = fileURLToPath(new URL('../../../../node_modules/.cache/python-sdk', import.meta.url))

const installMs = 300_000

/** The result of a call of the SDK. */
export type PythonOutcome =
  | { readonly reply: unknown }
  | { readonly status: number; readonly error: string }
  | { readonly undecodable: string }

export interface PythonClient {
  /** @param method The method of the SDK, e.g. `chat.send`, with its arguments by name. */
  ask(method: string, parameters: Readonly<Record<string, unknown>>): Promise<PythonOutcome>
  close(): void
}

/** Returns the reason why the SDK cannot be tested on this machine; null where it can. */
export async function lackOfPython(): Promise<string | null> {
  try {
    await run('python3', ['-c', 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))'])
    return null
  } catch {
    return 'Python 3.10 or newer with its modules venv and ensurepip is missing'
  }
}

/** Returns the interpreter of a virtual environment with the packages of `requirements.txt`. Creates it where there is none yet. */
export async function installPythonSdk(): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16)
  const directory = join(cache, version)
  const python = join(directory, 'bin', 'python')
  const complete = join(directory, 'complete')
  try {
    await access(complete)
    return python
  } catch {
    await rm(cache, { recursive: true, force: true })
    await mkdir(cache, { recursive: true })
    const environment = { env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' }, timeout: installMs }
    await run('python3', ['-m', 'venv', directory], environment)
    // Only wheels are allowed, so no code of a package runs while it is installed.
    await run(python, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '-r', requirements], environment)
    await writeFile(complete, '')
    return python
  }
}

/** Starts the SDK as a client of a gateway, in a process of its own. Calls may overlap. */
export function startPythonClient(python: string, gateway: Pick<TestGateway, 'url' | 'key'>): PythonClient {
  const child = spawn(python, [here('ask.py')], {
    env: { ...process.env, GATEWAY_URL: `${gateway.url}/api/v1`, GATEWAY_KEY: gateway.key },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = new Map<number, PromiseWithResolvers<PythonOutcome>>()
  createInterface(child.stdout).on('line', (line) => {
    const { id, ...outcome } = JSON.parse(line)
    waiting.get(id)?.resolve(outcome)
    waiting.delete(id)
  })
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`Python ended with ${code}.`))
  })
  let questions = 0
  return {
    ask(method, parameters) {
      const id = questions++
      const question = Promise.withResolvers<PythonOutcome>()
      waiting.set(id, question)
      child.stdin.write(`${JSON.stringify({ id, method, arguments: parameters })}\n`)
      return question.promise
    },
    close: () => void child.stdin.end(),
  }
}
