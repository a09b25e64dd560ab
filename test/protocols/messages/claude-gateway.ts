import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

/** A gateway in front of a simulator with Anthropic's Messages, which refuses what Anthropic refuses. */
export interface ClaudeGateway extends TestGateway {
  readonly claude: Simulator
  /** Returns the last body that reached the upstream. */
  received(): Readonly<Record<string, unknown>>
}

/**
 * Starts such a gateway.
 * @param models Endpoints by slug. `model` names generation and behaviour, e.g. `claude-sonnet-4-5+reasoning`.
 */
export async function startClaudeGateway(
  models: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly model: string }>>,
): Promise<ClaudeGateway> {
  const claude = await startSimulator()
  const provider = (slug: string) => ({
    protocol: 'messages',
    name: 'Claude House',
    base_url: `${claude.url}/${slug}/v1`,
    api_key: `claude-secret-of-${slug}`,
  })
  const pricing = { prompt: 1, completion: 2, input_cache_read: 0.1, input_cache_write: 1.25 }
  const gateway = await startGateway({
    providers: {
      'prov-a': provider('prov-a'),
      'prov-b': provider('prov-b'),
      'prov-c': provider('prov-c'),
      anthropic: { base_url: `${claude.url}/anthropic/v1`, api_key: 'claude-secret-of-anthropic' },
    },
    models: Object.fromEntries(
      Object.entries(models).map(([slug, endpoint]) => [
        slug,
        {
          input_modalities: ['text', 'image', 'file', 'audio'],
          reasoning: {},
          endpoints: [{ provider: 'prov-a', pricing, ...endpoint }],
        },
      ]),
    ),
  })
  return {
    ...gateway,
    claude,
    received: () => Object(claude.journal().at(-1)?.body),
    async close() {
      await gateway.close()
      await claude.close()
    },
  }
}
