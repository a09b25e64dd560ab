import { startGateway, type TestGateway } from '../gateway.ts'
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts'

type Section = Readonly<Record<string, unknown>>

export interface MediaGateway extends TestGateway {
  /** What the built-in providers of the test send their calls to. */
  readonly vendors: Simulator
}

/**
 * Starts a gateway with built-in providers of media in front of a simulator, beside `prov-a` to `prov-c`.
 * @param providers What some of them have besides.
 */
export async function startMediaGateway(
  models: Section,
  vendors: readonly string[] = [],
  config: Section = {},
  providers: Readonly<Record<string, Section>> = {},
): Promise<MediaGateway> {
  const simulator = await startSimulator()
  const own = await startSimulator()
  const provider = (slug: string) => [
    slug,
    { base_url: `${simulator.url}/${slug}/v1`, api_key: `upstream-secret-of-${slug}`, ...providers[slug] },
  ]
  const own_ = ['prov-a', 'prov-b', 'prov-c'].map((slug) => [
    slug,
    {
      name: `Prov ${slug.slice(-1).toUpperCase()}`,
      base_url: `${own.url}/${slug}/v1`,
      api_key: 'upstream-secret',
      ...providers[slug],
    },
  ])
  const gateway = await startGateway({
    ...config,
    models,
    providers: Object.fromEntries([...own_, ...vendors.map(provider)]),
  })
  return {
    ...gateway,
    simulator: own,
    vendors: simulator,
    async close() {
      await gateway.close()
      await Promise.all([simulator.close(), own.close()])
    },
  }
}

/** A model whose endpoints have the named behaviours, at `prov-a`, `prov-b` and so on. */
export const mediaModel = (
  output: 'image' | 'speech' | 'transcription',
  pricing: Section,
  ...behaviours: readonly string[]
): Section => ({
  output_modalities: [output],
  ...(output === 'image' && { input_modalities: ['text', 'image'] }),
  ...(output === 'transcription' && { input_modalities: ['audio'] }),
  endpoints: behaviours.map((model, index) => ({ provider: `prov-${'abc'[index]}`, model, pricing })),
})

/** A model at one built-in provider. */
export const vendorModel = (
  output: 'image' | 'speech' | 'transcription',
  provider: string,
  model: string,
  pricing: Section,
): Section => ({ ...mediaModel(output, pricing), endpoints: [{ provider, model, pricing }] })

export interface MediaRecord {
  readonly api_type: string
  readonly total_cost: number
  readonly cancelled: boolean
  readonly finish_reason: string | null
  readonly provider_responses: readonly { readonly status: number; readonly provider_name: string }[]
}

/** Reads the record of a generation. */
export async function recordOf(gateway: TestGateway, id: string | null): Promise<MediaRecord> {
  const reply = await gateway.get(`/api/v1/generation?id=${id}`)
  const { data }: { readonly data: MediaRecord } = JSON.parse(await reply.text())
  return data
}
