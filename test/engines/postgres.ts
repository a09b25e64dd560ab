import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { freePort } from './free-port.ts'

/** A PostgreSQL server. */
export interface Postgres {
  /** Makes an empty database, and returns its URL. */
  newDatabase(): Promise<string>
  /** Runs statements in a database, and returns the rows of the last one. */
  query(
    url: string,
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]>
}

/** Returns the server of this test run. It is started when the first database is made, by whichever test file comes first. */
export function openPostgresOfRun(programs: string, directory: string): Postgres {
  let server: Promise<string> | null = null
  const query: Postgres['query'] = async (url, sql, parameters = []) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(sql, [...parameters])).rows
    } finally {
      await client.end()
    }
  }
  return {
    query,
    async newDatabase() {
      server ??= startOnce(programs, directory)
      const address = await server
      const name = `test_${process.pid}_${Math.random().toString(36).slice(2)}`
      await query(`${address}/postgres`, `create database ${name}`)
      return `${address}/${name}`
    },
  }
}

/** Starts the server, or waits until another test file has started it. */
async function startOnce(programs: string, directory: string): Promise<string> {
  const addressFile = join(directory, 'postgres-address')
  try {
    mkdirSync(join(directory, 'postgres-lock'))
  } catch {
    while (!existsSync(addressFile)) await pause(50)
    return readFileSync(addressFile, 'utf8')
  }
  const address = await startPostgres(programs, directory)
  writeFileSync(`${addressFile}.new`, address)
  run('mv', [`${addressFile}.new`, addressFile])
  return address
}

/** Starts a server with its files in the directory, on a free port of this machine. Returns its URL without a database. */
export async function startPostgres(programs: string, directory: string): Promise<string> {
  const folder = join(directory, 'postgres')
  mkdirSync(folder)
  // PostgreSQL refuses to run as root.
  if (isRoot) {
    chmodSync(directory, 0o755)
    const [user, group] = ['-u', '-g'].map((option) => Number(run('id', [option, 'postgres'])))
    chownSync(folder, user ?? 0, group ?? 0)
  }
  const port = await freePort()
  const access = ['-U', 'waygate', '-A', 'trust', '-E', 'UTF8']
  runAsPostgres(join(programs, 'initdb'), ['-D', join(folder, 'data'), ...access, '--wal-segsize=1', '--no-sync'])
  runPostgres(programs, directory, port)
  return `postgres://waygate@127.0.0.1:${port}`
}

/** Starts the server of a directory again, after it ended. */
export function runPostgres(programs: string, directory: string, port: number): void {
  const folder = join(directory, 'postgres')
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200`
  runAsPostgres(join(programs, 'pg_ctl'), [
    '-D',
    join(folder, 'data'),
    '-l',
    join(folder, 'log'),
    '-o',
    options,
    '-w',
    'start',
  ])
}

/** Kills the server of a directory, and waits until all its processes are gone. Does nothing where it is gone already. */
export async function killPostgres(directory: string): Promise<void> {
  const server = serverOf(directory)
  if (server === null) return
  // The others end by themselves once the first is gone, and a new server waits for them.
  process.kill(server, 'SIGKILL')
  while (isAlive(server)) await pause(20)
}

/** Tells whether the server of a directory runs. */
export function isPostgresAlive(directory: string): boolean {
  const server = serverOf(directory)
  return server !== null && isAlive(server)
}

/** Returns the id of the first process of the server; null where there is no server. */
function serverOf(directory: string): number | null {
  const file = join(directory, 'postgres', 'data', 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}

/** Stops the server of a directory, if one was started: at once, since nothing of it is needed any more. */
export async function stopPostgres(directory: string): Promise<void> {
  const file = join(directory, 'postgres', 'data', 'postmaster.pid')
  if (!existsSync(file)) return
  process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGQUIT')
  for (let tries = 0; existsSync(file) && tries < 200; tries++) await pause(50)
}

const isRoot = process.getuid?.() === 0

const runAsPostgres = (program: string, options: readonly string[]): string =>
  isRoot ? run('runuser', ['-u', 'postgres', '--', program, ...options]) : run(program, options)

function run(program: string, options: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, options, {
    encoding: 'utf8',
    // The server keeps what it inherits: with pipes this would wait for its end.
    stdio: program.endsWith('id') ? 'pipe' : ['ignore', 'ignore', 'ignore'],
    cwd: '/',
    timeout: 60_000,
  })
  if (status === 0) return stdout?.trim() ?? ''
  throw new Error(`${program} ${options.join(' ')} failed: ${error?.message ?? stderr ?? `code ${status}`}`)
}
