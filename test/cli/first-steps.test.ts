import { describe, expect, test } from 'vitest'
import { configured, runWaygate, startWaygate, temporaryDirectory } from './run-waygate.ts'

const config = `
discovery: false
providers: { prov-a: { base_url: "http://127.0.0.1:9/v1" } }
models:
  acme/m1: { endpoints: [{ provider: prov-a, model: m1 }] }
  acme/gratis: { endpoints: [{ provider: prov-a, model: m2, pricing: { prompt: 0 } }] }
  acme/paid: { endpoints: [{ provider: prov-a, model: m3, pricing: { prompt: 1 } }] }
`

describe('what the commands tell somebody who is new', () => {
  test('a key says once that its database is new, and where', async () => {
    const directory = temporaryDirectory()
    const first = await runWaygate(['keys', 'create', '--name', 'a'], { directory })
    expect(first.code).toBe(0)
    expect(first.stderr).toContain(
      `The database is new: ${directory}/.waygate/waygate.db. A server that was started in`,
    )
    const second = await runWaygate(['keys', 'create', '--name', 'b'], { directory })
    expect(second.stderr).not.toContain('is new')
    const rate = await runWaygate(['keys', 'set-rate', 'a', '--requests', '0'], { directory })
    expect(rate.stdout).toContain('requests: 0 (so every request is refused)')
    expect((await runWaygate(['console'], { directory })).stderr).toBe('')
  })

  test('a link says that there is no server here', async () => {
    const directory = temporaryDirectory()
    const { code, stdout, stderr } = await runWaygate(['console'], { directory })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('sign-in?token=') })
    expect(stderr).toContain('There is no database of a server here yet')
  })

  test('a file of a request that is not there is named, and a key is not made for the past', async () => {
    const directory = configured(config)
    for (const command of [
      ['route', 'acme/m1', '--request', 'nope.json'],
      ['chaos', '--request', 'nope.json'],
    ]) {
      expect(await runWaygate(command, { directory })).toMatchObject({
        code: 1,
        stderr: 'nope.json: there is no such file.\n',
      })
    }
    const late = await runWaygate(['keys', 'create', '--name', 'x', '--expires', '2020-01-01'], { directory })
    expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('It is in the past.') })
  })

  test('check names the models without a price, and the unit of time limits', async () => {
    const { stdout } = await runWaygate(['check'], { directory: configured(config) })
    expect(stdout).toContain('\nNo price, counts as free: acme/m1\n')
    const { stderr } = await runWaygate(['check'], { directory: configured('timeouts: { total_ms: 10m }') })
    expect(stderr).toContain('timeouts.total_ms: must be a whole number between 1 and')
    expect(stderr).toContain('It is in milliseconds: 600000 is ten minutes.')
  })

  test('a second server on one SQLite file warns that limits hold for each', async () => {
    const directory = configured(config)
    const warning = 'Another gateway that runs has its journal in the same folder'
    const first = startWaygate(['serve', '--port', '0'], { directory })
    await first.printed(/(listens on)/)
    const second = startWaygate(['serve', '--port', '0'], { directory })
    await second.printed(/(listens on)/)
    expect(first.stdout() + first.stderr()).not.toContain(warning)
    expect(second.stdout() + second.stderr()).toContain(warning)
    await second.stop('SIGTERM')
    await first.stop('SIGTERM')
  })
})
