import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readJson, scriptedUpstream, sent } from './exchange.ts'
import { readSeeds, type SeedProperties, valuesAt } from './seed-document.ts'
import { scriptedReply, type SeedCase, seedModels } from './seed-case.ts'
import { chatCases } from './seed-chat-cases.ts'
import { completionsCases } from './seed-completions-cases.ts'

const properties: SeedProperties = JSON.parse(
  await readFile(new URL('../fixtures/seed-properties.json', import.meta.url), 'utf8'),
)

const seedCases = [...chatCases, ...completionsCases]

let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
let gateway: TestGateway
/** The gateway for the one model that answers from a script. */
let scripted: TestGateway
beforeAll(async () => {
  upstream = await scriptedUpstream(() => ({ body: scriptedReply }))
  const { scripted: odd, ...usual } = seedModels
  const withPrefix = (models: object) =>
    Object.fromEntries(Object.entries(models).map(([name, model]) => [`acme/${name}`, model]))
  gateway = await startGateway({ models: withPrefix(usual) })
  const provider = { base_url: upstream.url, api_key: 'k' }
  scripted = await startGateway({
    providers: { scripted: provider, 'prov-a': provider, 'prov-b': provider, 'prov-c': provider },
    models: withPrefix({ scripted: odd }),
  })
})
afterAll(() => Promise.all([gateway.close(), scripted.close(), upstream.close()]))
beforeEach(() => gateway.simulator.clearJournal())

describe('every property of the published documents is exercised', () => {
  const requestPaths = (name: SeedCase['address']) =>
    seedCases
      .filter(({ address }) => address === name)
      .flatMap((one) => [
        ...(one.arrives ?? []),
        ...(one.stays ?? []),
        ...Object.keys({ ...one.becomes, ...one.shows }),
      ])
  const responsePaths = (name: SeedCase['address']) =>
    seedCases
      .filter(({ address }) => address === name)
      .flatMap((one) => [...Object.keys(one.gives ?? {}), ...(one.withholds ?? [])])

  test.each([
    ['the chat request', properties.chatRequest, requestPaths('/chat/completions')],
    ['the chat response', properties.chatResponse, responsePaths('/chat/completions')],
    ['the completions request', properties.completionsRequest, requestPaths('/completions')],
    ['the completions response', properties.completionsResponse, responsePaths('/completions')],
    ['the headers of the newer chat reference', properties.chatFields.headers, requestPaths('/chat/completions')],
    ['the request of the newer chat reference', properties.chatFields.request, requestPaths('/chat/completions')],
    ['the response of the newer chat reference', properties.chatFields.response, responsePaths('/chat/completions')],
  ])('%s', (_, published, exercised) => {
    expect(published.length).toBeGreaterThan(0)
    const known = new Set(exercised)
    expect(published.filter((path) => !known.has(path))).toEqual([])
  })
})

const folder = process.env['WAYGATE_SEEDS']
if (folder !== undefined) {
  test('the list of properties is that of the documents', async () => {
    expect(await readSeeds(folder)).toEqual(properties)
  })
}

describe('each case', () => {
  test.each(seedCases.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    const target = one.model === 'scripted' ? scripted : gateway
    const body = { model: `acme/${one.model ?? 'steady'}`, ...one.body }
    const asked = { ...body, ...headersByName(one.headers) }
    for (const path of requestPathsOf(one))
      expect({ path, sent: valuesAt(asked, path) }).not.toEqual({ path, sent: [] })

    const reply = await target.post(`/api/v1${one.address}`, body, one.headers)
    expect(reply.status).toBe(200)
    const given: unknown =
      reply.headers.get('content-type') === 'text/event-stream' ? await reply.text() : (await readJson(reply)).body
    const received = one.model === 'scripted' ? upstream.lastRequest() : sent(gateway)

    for (const path of one.arrives ?? [])
      expect({ path, received: valuesAt(received, path) }).toEqual({ path, received: valuesAt(body, path) })
    for (const path of one.stays ?? [])
      expect({ path, received: valuesAt(received, path) }).toEqual({ path, received: [] })
    for (const [path, other] of Object.entries(one.becomes ?? {})) {
      expect({ path, received: valuesAt(received, other.at) }).toEqual({ path, received: other.value })
    }
    for (const [path, other] of Object.entries(one.shows ?? {})) {
      expect({ path, given: valuesAt(given, other.at) }).toEqual({ path, given: other.value })
    }
    for (const [path, value] of Object.entries(one.gives ?? {})) {
      expect({ path, given: valuesAt(given, path) }).toEqual({ path, given: value })
    }
    if (one.withholds !== undefined) {
      expect(isObject(given)).toBe(true)
      for (const path of one.withholds) {
        expect({ path, said: valuesAt(scriptedReply, path) }).not.toEqual({ path, said: [] })
        expect({ path, given: valuesAt(given, path) }).toEqual({ path, given: [] })
      }
    }
  })
})

const requestPathsOf = (one: SeedCase): readonly string[] => [
  ...(one.arrives ?? []),
  ...(one.stays ?? []),
  ...Object.keys({ ...one.becomes, ...one.shows }),
]

/** Headers are listed among the documents' properties by their published names. */
const headersByName = (headers: SeedCase['headers']): object =>
  headers?.['x-openrouter-metadata'] === undefined ? {} : { 'X-OpenRouter-Metadata': headers['x-openrouter-metadata'] }
