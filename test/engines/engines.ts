import { appendFileSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, inject } from 'vitest'
import { type Postgres, openPostgresOfRun } from './postgres.ts'
import { startRedis, type StartRedis } from './redis.ts'

/**
 * Describes what needs PostgreSQL. The server is started once for a test run, when the first test needs it. Where PostgreSQL is not
 * installed, the tests are skipped, and the run ends with a line that names them.
 */
export function describePostgres(name: string, body: (postgres: Postgres) => void): void {
  const { directory, postgres } = inject('engines')
  if (postgres === null) skip('postgresql', name)
  else {
    describe(`PostgreSQL: ${name}`, () => {
      body(openPostgresOfRun(postgres, directory))
    })
  }
}

/** Describes what needs Redis. Each call of `start` starts a server of its own, which ends with the test run at the latest. */
export function describeRedis(name: string, body: (start: StartRedis) => void): void {
  const { directory, redis } = inject('engines')
  if (redis === null) skip('redis-server', name)
  else {
    describe(`Redis: ${name}`, () => {
      body((settings) => startRedis(redis, directory, settings))
    })
  }
}

/** Describes what needs Chromium and the built console. The browser is started by the tests themselves. */
export function describeConsole(name: string, body: (chromium: string) => void): void {
  const { chromium } = inject('engines')
  if (chromium === null) skip('chromium', name)
  else if (!existsSync(builtConsole)) skip('console', name)
  else {
    describe(`The console: ${name}`, () => {
      body(chromium)
    })
  }
}

const builtConsole = fileURLToPath(new URL('../../console/dist/index.html', import.meta.url))

function skip(engine: string, name: string): void {
  appendFileSync(`${inject('engines').directory}/skipped-${engine}`, `${name}\n`)
  // oxlint-disable-next-line vitest/no-disabled-tests, vitest/valid-title -- without any, the file would fail
  describe.skip(name, () => {})
}
