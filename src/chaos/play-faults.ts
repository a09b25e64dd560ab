import type { Config } from '../config/config.ts'
import type { Gateway } from '../gateway.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { ask } from './ask.ts'
import { type Call, type Fault, type Finding, healthy, type Stage } from './fault.ts'
import type { Shape } from './shape.ts'
import { clientKey, limitsOf, stagedConfig } from './staged-config.ts'

/** The row of one fault in the scorecard. */
export interface Score extends Finding {
  readonly slug: string
  /** `not-survivable`: the configuration lacks what it takes, and the client got an honest error. */
  readonly verdict: 'pass' | 'fail' | 'not-survivable'
  /** Why, where it did not pass. */
  readonly why: string | null
}

/** Starts a gateway that listens. Tests start other programs, which make mistakes. */
export type StartGateway = (config: Config) => Promise<Pick<Gateway, 'close'> & { readonly url: string }>

/**
 * Plays faults one after the other, each against a gateway of its own, so that nothing that one fault teaches the gateway changes the next.
 * The providers are simulators in this process; nothing outside is called.
 */
export async function* playFaults(
  faults: readonly Fault[],
  config: Config,
  shape: Shape,
  start: StartGateway,
): AsyncGenerator<Score> {
  const slugs = [...new Set(shape.endpoints.map(({ provider }) => provider))]
  // One for each provider: two providers may have the same id for a model.
  const simulators = new Map<string, Simulator>()
  for (const slug of slugs) simulators.set(slug, await startSimulator())
  try {
    const staged = stagedConfig(config, shape, (slug) => `${simulators.get(slug)?.url ?? ''}/${slug}/v1`)
    for (const fault of faults) {
      for (const simulator of simulators.values()) simulator.clearJournal()
      const gateway = await start(staged)
      try {
        yield scoreOf(fault, shape, await fault.play(createStage(shape, staged, simulators, gateway.url)))
      } finally {
        await gateway.close(AbortSignal.abort())
      }
    }
  } finally {
    await Promise.all([...simulators.values()].map((simulator) => simulator.close()))
  }
}

function scoreOf(fault: Fault, shape: Shape, finding: Finding): Score {
  const { slug, lacks } = fault
  if (finding.wrongs.length > 0) return { slug, verdict: 'fail', why: finding.wrongs.join('; '), ...finding }
  if (finding.survived) return { slug, verdict: 'pass', why: null, ...finding }
  const lacking = lacks?.(shape) ?? null
  return lacking === null
    ? { slug, verdict: 'fail', why: 'this configuration should have survived it', ...finding }
    : { slug, verdict: 'not-survivable', why: lacking, ...finding }
}

function createStage(shape: Shape, config: Config, simulators: ReadonlyMap<string, Simulator>, url: string): Stage {
  const { endpoints, request } = shape
  const behave: Stage['behave'] = (places, behaviour) => {
    for (const place of [places].flat()) {
      const endpoint = endpoints[place]
      if (endpoint !== undefined) simulators.get(endpoint.provider)?.setBehaviour(behaviour, endpoint.upstreamModel)
    }
  }
  behave([...endpoints.keys()], healthy)
  return {
    shape,
    limits: limitsOf(config),
    behave,
    ask: (options) => ask(url, clientKey, request, options),
    async read(path) {
      const response = await fetch(url + path, { headers: { authorization: `Bearer ${clientKey}` } })
      return response.json()
    },
    calls: () =>
      [...simulators]
        .flatMap(([slug, simulator]) =>
          simulator.journal().flatMap(({ model, path, at, closedBy }): readonly Call[] => {
            const place = endpoints.findIndex(
              ({ provider, upstreamModel }) => provider === slug && upstreamModel === model,
            )
            return place < 0 ? [] : [{ place, path, at: Date.parse(at), closedBy }]
          }),
        )
        .toSorted((one, other) => one.at - other.at),
  }
}
