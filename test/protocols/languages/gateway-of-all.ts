import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'
import { languages } from './languages.ts'

/** Starts a gateway in front of one upstream, which is called in every protocol. */
export interface GatewayOfAll extends TestGateway {
  readonly upstream: Simulator
}

/**
 * Offers `<protocol>/<name>` for every protocol and each of the models.
 * @param models The behaviours of the endpoints of each model, first to last; each endpoint is at a provider of its own.
 * @param config Further sections of the configuration.
 */
export async function startGatewayOfAll(
  models: Readonly<Record<string, readonly string[]>>,
  config: Readonly<Record<string, unknown>> = {},
): Promise<GatewayOfAll> {
  const upstream = await startSimulator()
  const provider = (protocol: string, place: string) => ({
    name: `${protocol} ${place}`,
    protocol,
    base_url: `${upstream.url}/${protocol}-${place}/v9`,
    api_key: `upstream-secret-of-${protocol}-${place}`,
  })
  const places = ['a', 'b']
  const offered = languages.flatMap(({ protocol: { name }, model }) =>
    Object.entries(models).map(([slug, behaviours]) => {
      const endpoints = behaviours.map((behaviour, index) => ({
        provider: `${name}-${places[index]}`,
        model: `${model}+${behaviour}`,
        pricing: { prompt: 1 + index, completion: 2 + index },
      }))
      return [`${name}/${slug}`, { reasoning: {}, input_modalities: ['text', 'image'], endpoints }] as const
    }),
  )
  const usual = ['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, provider('chat-completions', slug)] as const)
  const spoken = languages.flatMap(({ protocol: { name } }) =>
    places.map((place) => [`${name}-${place}`, provider(name, place)] as const),
  )
  const gateway = await startGateway({
    ...config,
    providers: Object.fromEntries([...usual, ...spoken]),
    models: Object.fromEntries(offered),
  })
  return {
    ...gateway,
    upstream,
    async close() {
      await gateway.close()
      await upstream.close()
    },
  }
}
