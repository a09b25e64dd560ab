import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { findPostgres } from '../engines/find-engines.ts'
import { isPostgresAlive, killPostgres, runPostgres, startPostgres, stopPostgres } from '../engines/postgres.ts'
import { KilledGateway } from './killed-gateway.ts'
import { postgresRows } from './read-rows.ts'

const isRoot = process.getuid?.() === 0
const smallDiskMb = { sqlite: 64, postgres: 160 }

/** Ends a condition, before the records are compared. Ending it twice changes nothing. */
type End = () => void | Promise<void>

/** A gateway, and the condition in which it is killed. */
export interface Condition {
  readonly killed: KilledGateway
  /** Begins the condition under load. */
  begin(): Promise<End>
  /** Whether the gateway can be started while the condition lasts. */
  readonly startsMeanwhile: boolean
  close(): Promise<void>
}

const nothing = (): void => {}

/** Every condition by its name, with the function that sets it up. */
export const conditions: Readonly<Record<string, () => Promise<Condition>>> = {
  sqlite: () => onSqlite(async () => nothing, true),
  'sqlite-locked': () =>
    onSqlite(async ({ database }) => {
      const outside = new DatabaseSync(database, { timeout: 10_000 })
      outside.exec('begin immediate')
      return () => {
        if (outside.isOpen) outside.close()
      }
    }, true),
  'sqlite-full': () =>
    onSqlite(
      async (killed) => {
        // So that some rounds reach the point at which requests are refused.
        killed.padding = Math.random() < 0.5 ? 0 : 16_000
        return isRoot ? filled(killed.directory) : nothing
      },
      false,
      smallDiskMb.sqlite,
    ),
  'sqlite-deleted': () =>
    onSqlite(async (killed) => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(killed.database + suffix, { force: true })
      // A second at most until it is noticed. Who kills the process before that has deleted the records.
      while (!killed.output.includes('was deleted while it was in use')) await setTimeout(20)
      return nothing
    }, true),
  postgres: () => onPostgres(async () => nothing, true),
  'postgres-locked': () =>
    onPostgres(async ({ url }) => {
      const outside = new Client({ connectionString: url })
      await outside.connect()
      await outside.query('begin; lock table generation in access exclusive mode')
      let ending: Promise<void> | null = null
      return () => (ending ??= outside.end())
    }, true),
  'postgres-full': () => onPostgres(async ({ directory }) => filled(directory), false, smallDiskMb.postgres),
  // A gateway that is started without its database ends.
  'postgres-killed': () =>
    onPostgres(async ({ directory }) => {
      await killPostgres(directory)
      return nothing
    }, false),
}

async function onSqlite(
  begin: (killed: KilledGateway) => Promise<End>,
  startsMeanwhile: boolean,
  diskMb: number | null = null,
): Promise<Condition> {
  const disk = makeDisk(diskMb)
  // For others than root the size of files is limited instead, so that the database is full and its journal is not.
  const killed = await KilledGateway.create(disk.directory, { fileKb: diskMb === null || isRoot ? null : 4_096 })
  return {
    killed,
    startsMeanwhile,
    begin: () => begin(killed),
    async close() {
      await killed.stop()
      disk.remove()
    },
  }
}

async function onPostgres(
  begin: (server: { readonly directory: string; readonly url: string }) => Promise<End>,
  startsMeanwhile: boolean,
  diskMb: number | null = null,
): Promise<Condition> {
  const programs = findPostgres()
  if (programs === null) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  if (diskMb !== null && !isRoot) throw new Error('Only root may make the small disk of this condition.')
  const disk = makeDisk(diskMb)
  const { directory } = disk
  const url = `${await startPostgres(programs, directory)}/postgres`
  const own = makeDisk(null)
  const killed = await KilledGateway.create(own.directory, { storage: { url }, readRows: postgresRows(url) })
  return {
    killed,
    startsMeanwhile,
    async begin() {
      const end = await begin({ directory, url })
      return async () => {
        await end()
        // A server whose disk is full may have ended, as one does that was killed.
        if (!isPostgresAlive(directory)) runPostgres(programs, directory, Number(new URL(url).port))
      }
    },
    async close() {
      await killed.stop()
      await stopPostgres(directory)
      disk.remove()
      own.remove()
    },
  }
}

/** Makes a directory, on a disk of its own where that is to be small. */
function makeDisk(sizeMb: number | null): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-soak-'))
  const isMounted = sizeMb !== null && isRoot
  if (isMounted) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', directory])
  return {
    directory,
    remove() {
      if (isMounted) execFileSync('umount', [directory])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Fills a disk, but for the last bytes. Returns the function that frees it. */
function filled(directory: string): End {
  const filler = join(directory, 'filler')
  const { bavail, bsize } = statfsSync(directory)
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize))
  } catch (error) {
    // Others wrote at the same time. What could be written stays.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
  return () => rmSync(filler, { force: true })
}
