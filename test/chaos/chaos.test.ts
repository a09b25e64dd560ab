import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { faults } from '../../src/chaos/faults.ts'
import { playFaults, type Score, type StartGateway } from '../../src/chaos/play-faults.ts'
import { readShape } from '../../src/chaos/shape.ts'
import { askGateway } from '../../src/cli/read-config.ts'
import { createGateway } from '../../src/gateway.ts'
import { configured, runWaygate } from '../cli/run-waygate.ts'
import { loadText } from '../config/load-text.ts'
import { mistakenGateway } from './mistaken-gateway.ts'

/** Two providers at an address where nothing may be called. */
const twoProviders = (address: string, more = ''): string => `
${more}
discovery: false
providers:
  prov-a: { base_url: "${address}/v1", api_keys: [sk-real-key-number-one, sk-real-key-number-two] }
  prov-b: { base_url: "${address}/v1", api_key: sk-real-key-number-three }
models:
  acme/m1:
    context_length: 8192
    endpoints:
      - { provider: prov-b, model: m1, context_length: 16384, pricing: { prompt: 3, completion: 6 } }
      - { provider: prov-a, model: m1, pricing: { prompt: 0.15, completion: 2 } }
`

const oneProvider = `
discovery: false
providers:
  prov-a: { base_url: "http://127.0.0.1:9/v1" }
models:
  acme/m1:
    endpoints: [{ provider: prov-a, model: m1, pricing: { prompt: 1, completion: 2 } }]
`

/** Counts the requests that reach an address. */
async function watchedAddress() {
  let requests = 0
  const server = createServer((_, response) => {
    requests += 1
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}`, requests: () => requests }
}

async function play(config: string, faults: readonly string[]) {
  const directory = configured(config)
  const outcome = await runWaygate(['chaos', '--json', '--only', faults.join(',')], { directory })
  const scores: readonly Score[] = JSON.parse(outcome.stdout).scores
  return { ...outcome, verdicts: Object.fromEntries(scores.map(({ slug, verdict, why }) => [slug, { verdict, why }])) }
}

/** Plays faults against gateways that another function starts, in this process. */
async function playAt(
  start: StartGateway,
  text: string,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, Score>> {
  const config = loadText(text)
  const request = { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }] }
  const shape = await askGateway(config, (gateway) => readShape(request, config, gateway))
  const scores = new Map<string, Score>()
  const chosen = faults.filter(({ slug }) => slugs.includes(slug))
  for await (const score of playFaults(chosen, config, shape, start)) scores.set(score.slug, score)
  return scores
}

const all = faults.map(({ slug }) => slug)

/** Far more than any test takes, also on a busy machine. */
const patience = 180_000

test(
  'a configuration with two providers, two keys and stream rescue survives every fault, and no provider is called',
  async () => {
    const { address, requests } = await watchedAddress()
    const start: StartGateway = async (config) => {
      const gateway = await createGateway(config, { chance: () => 0, isShortLived: true })
      return { ...gateway, ...(await gateway.listen()) }
    }
    const scores = await playAt(start, twoProviders(address, 'stream_rescue: continue'), all)
    expect([...scores.values()].filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    expect([...scores.keys()]).toEqual(all)
    expect(requests()).toBe(0)
  },
  patience,
)

describe('waygate chaos', () => {
  test('plays against the order that is most likely, whatever chance would draw', async () => {
    const config = loadText(
      twoProviders('http://127.0.0.1:9').replace('prompt: 3, completion: 6', 'prompt: 0.15, completion: 2.0001'),
    )
    const request = { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }] }
    for (let round = 0; round < 8; round++) {
      const { endpoints } = await askGateway(config, (gateway) => readShape(request, config, gateway))
      expect(endpoints.map(({ provider }) => provider)).toEqual(['prov-a', 'prov-b'])
    }
  })

  test('uses neither the providers nor their keys', async () => {
    const { address, requests } = await watchedAddress()
    const { code, stdout, stderr, verdicts } = await play(twoProviders(address), ['key-revoked-once', 'accounting'])
    const pass = { verdict: 'pass', why: null }
    expect({ code, stderr, verdicts }).toEqual({
      code: 0,
      stderr: '',
      verdicts: { 'key-revoked-once': pass, accounting: pass },
    })
    expect(requests()).toBe(0)
    expect(stdout).not.toContain('sk-real-key')
  })

  test(
    'what a configuration with one endpoint cannot survive is named as that, and is no failure',
    async () => {
      const only = [
        'unavailable',
        'rate-limited',
        'black-hole',
        'cut',
        'cut-responses',
        'key-revoked',
        'flap',
        'server-error-once',
        'no-done',
      ]
      const { code, stdout, verdicts } = await play(oneProvider, only)
      const lost = (why: RegExp) => ({ verdict: 'not-survivable', why: expect.stringMatching(why) })
      expect(verdicts).toEqual({
        unavailable: lost(/one endpoint/),
        'rate-limited': lost(/one endpoint/),
        'black-hole': lost(/one endpoint/),
        cut: lost(/stream_rescue is off/),
        'cut-responses': lost(/stream_rescue is off/),
        'key-revoked': lost(/one endpoint/),
        flap: lost(/one endpoint/),
        'server-error-once': { verdict: 'pass', why: null },
        'no-done': { verdict: 'pass', why: null },
      })
      // An error inside a stream of Responses has no code of its own, and the status of the stream is 200.
      expect(stdout).toContain('error in the stream after 40 words')
      expect(code).toBe(0)
    },
    patience,
  )

  test('prints a scorecard for people', async () => {
    const { code, stdout } = await runWaygate(['chaos', '--only', 'unavailable,cut'], {
      directory: configured(oneProvider),
    })
    expect(stdout).toMatch(/^Model +acme\/m1\nEndpoints +acme\/m1@prov-a\n/)
    expect(stdout).toMatch(
      /\nlost {2}cut .*error 502 in the stream after 40 words.*\n +not survivable here: stream_rescue is off/,
    )
    expect(stdout).toMatch(/\n0 passed, 0 failed, 2 cannot be survived by this configuration\.\n$/)
    expect(code).toBe(0)
  })

  test('lists the faults, and refuses the name of none', async () => {
    const directory = configured(oneProvider)
    const { stdout } = await runWaygate(['chaos', '--list'], { directory })
    for (const { fault } of faults) expect(stdout).toContain(fault)
    expect(await runWaygate(['chaos', '--only', 'cat'], { directory })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'--only cat' is no fault"),
    })
    expect(await runWaygate(['chaos', '--model', 'acme/m9'], { directory })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('acme/m9'),
    })
  })
})

/** Faults that an honest proxy without any fallback survives: only other mistakes show that they can fail. */
const stubbornFails = [
  'no-done',
  'fragments',
  'content-filter',
  'everything-down',
  'client-leaves',
  'rate-limited-once',
  'prefill-refused',
]

describe('every fault can fail', () => {
  test(
    'at a gateway that takes what came for the answer',
    async () => {
      const slugs = all.filter((slug) => !stubbornFails.includes(slug))
      const config = twoProviders('http://127.0.0.1:9', 'stream_rescue: continue')
      const scores = await playAt(mistakenGateway('optimist'), config, slugs)
      expect(slugs.filter((slug) => scores.get(slug)?.verdict !== 'fail')).toEqual([])
      for (const slug of ['cut', 'clean-end', 'stall', 'malformed', 'error-in-stream']) {
        expect(scores.get(slug)?.why).toContain('looks complete to the client')
      }
      expect(scores.get('key-revoked')?.why).toContain('refusal of the operator’s key')
    },
    patience,
  )

  test(
    'at a gateway that is stubborn',
    async () => {
      const scores = await playAt(mistakenGateway('stubborn'), oneProvider, stubbornFails)
      expect(stubbornFails.filter((slug) => scores.get(slug)?.verdict !== 'fail')).toEqual([])
      expect(scores.get('client-leaves')?.why).toContain('the provider goes on generating')
    },
    patience,
  )
})
