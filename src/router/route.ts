import type { GatewayError } from '../canonical/errors.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { PipelineStage, Strategy } from '../canonical/router-metadata.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Catalog, Model } from '../catalog/model.ts'
import type { Candidate, CredentialReference } from '../health/candidate.ts'
import type { HealthView } from '../health/endpoint-health.ts'
import { estimatePromptTokens } from '../canonical/prompt-tokens.ts'
import { type Exclusion, explainExclusions } from './exclusion.ts'
import { applyFilters } from './apply-filters.ts'
import type { FilterContext } from './filters/filter.ts'
import type { EndpointOption } from './endpoint-option.ts'
import { rank } from './rank.ts'
import type { Ranking } from './rankers/ranker.ts'
import { type ModelChoice, resolve, type Resolution, type RouterModels } from './resolve/resolve.ts'
import { hasCheapCache, type Session, sessionOf, type Stickiness } from './stickiness.ts'
import type { TokenCalibration } from '../health/token-calibration.ts'

/** What routing knows besides the request. It changes nothing of it. */
export interface RouteContext {
  readonly catalog: Catalog
  /** The credentials that a provider may be called with, in the order to try; at least one. */
  readonly credentials: (provider: string) => readonly CredentialReference[]
  readonly defaultModel: string | null
  /** What to set so that a model is served here, which it is not; null for a name that nobody lists. */
  readonly adviceFor: (model: string) => string | null
  readonly routerModels: RouterModels
  readonly health: HealthView
  readonly stickiness: Pick<Stickiness, 'find'>
  readonly calibration: Pick<TokenCalibration, 'factor'>
  /** Monotonic milliseconds. */
  readonly now: number
  /** Calls to providers that one request may make, all in all. */
  readonly mostCalls: number
  /** Uniform in [0, 1). */
  readonly chance: () => number
  /** Who pays: sessions of different accounts never meet. */
  readonly account: string
}

export interface Route {
  /** The slug the client sent, or the default's. */
  readonly requested: string
  readonly strategy: Strategy
  /** What a router model was told, or chose by. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** What a router model did. */
  readonly stage?: PipelineStage
  /** Every endpoint of the models asked for. */
  readonly considered: readonly Endpoint[]
  readonly exclusions: readonly Exclusion[]
  readonly rankings: readonly Ranking[]
  /** By the slug of the model. */
  readonly choices: ReadonlyMap<string, ModelChoice>
  /** What to try, in order. Empty exactly when `error` is set. */
  readonly candidates: readonly Candidate[]
  /** Whether the client allows fallbacks; where not, the candidates are those that it chose itself. */
  readonly fallbacks: boolean
  /** Null where nothing could be gained by staying. */
  readonly session: Session | null
  /** Id of the endpoint that the session was with. */
  readonly stickyEndpointId: string | null
  /** The prompt's tokens before correction, where they had to be estimated. */
  readonly estimatedTokens: number | null
  readonly error: GatewayError | null
}

/** Turns the words in `model` and `models` into models, with what routing knows. Pure: see `route`. */
export function resolveModels(request: GenerationRequest, context: RouteContext): Resolution {
  const { catalog, defaultModel, adviceFor, routerModels, chance, mostCalls } = context
  const known = { ...promptEstimate(request, context.calibration), mostCalls }
  return resolve(request, {
    catalog,
    defaultModel,
    adviceFor,
    routerModels,
    chance,
    throughput: (model) => fastest(model, context.health),
    stickyEndpointId: () => stickyEndpoint(request, context),
    serves: (model) =>
      applyFilters(optionsOf({ model, thinking: false, lenientEffort: true }), request, known).kept.length > 0,
  })
}

/** Chooses the endpoints to try for a request, in order. Pure: time, chance and what is known are in the context. */
export function route(request: GenerationRequest, resolution: Resolution, context: RouteContext): Route {
  const estimate = promptEstimate(request, context.calibration)
  const { requested, strategy, parameters, stage, choices } = resolution
  const options = choices.flatMap(optionsOf)
  const common = {
    requested,
    strategy,
    ...(parameters !== undefined && { parameters }),
    ...(stage !== undefined && { stage }),
    considered: options.map(({ endpoint }) => endpoint),
    choices: new Map(choices.map((choice) => [choice.model.slug, choice])),
    fallbacks: request.routing.allowFallbacks !== false,
  }
  const refused = (error: GatewayError, exclusions: readonly Exclusion[]): Route => ({
    ...common,
    exclusions,
    rankings: [],
    candidates: [],
    session: null,
    stickyEndpointId: null,
    estimatedTokens: estimate.uncorrected(),
    error,
  })
  if (resolution.error !== null) return refused(resolution.error, [])

  const { kept, exclusions } = applyFilters(options, request, { ...estimate, mostCalls: context.mostCalls })
  if (kept.length === 0) {
    const slugs = request.models.length > 0 ? request.models : [requested]
    return refused(
      explainExclusions(
        exclusions,
        slugs,
        choices.map(({ model }) => model),
      ),
      exclusions,
    )
  }

  const session = stays(options, request, resolution) ? sessionOf(request, context.account, requested) : null
  const stickyEndpointId = session === null ? null : context.stickiness.find(session)
  const rankings = rank(kept, request, { ...context, stickyEndpointId })
  return {
    ...common,
    exclusions,
    rankings,
    candidates: candidatesOf(rankings, context),
    session,
    stickyEndpointId,
    estimatedTokens: estimate.uncorrected(),
    error: null,
  }
}

/** Tokens a second of a model's fastest endpoint, where one was measured. */
function fastest({ endpoints }: Model, health: HealthView): number | null {
  const known = endpoints.flatMap(({ id }) => health.state(id)?.throughput?.p50 ?? [])
  return known.length === 0 ? null : Math.max(...known)
}

const optionsOf = (choice: ModelChoice): readonly EndpointOption[] =>
  choice.model.endpoints.map((endpoint) => ({ endpoint, choice }))

/** Estimated once, when a filter asks. */
function promptEstimate(request: GenerationRequest, calibration: Pick<TokenCalibration, 'factor'>) {
  let tokens: number | null = null
  const promptTokens: FilterContext['promptTokens'] = (model) => {
    tokens ??= estimatePromptTokens(request)
    return Math.ceil(tokens * calibration.factor(model))
  }
  return { promptTokens, uncorrected: () => tokens }
}

/** Where the session of a request to a router model is, before any model is chosen. */
function stickyEndpoint(
  request: GenerationRequest,
  { stickiness, account, defaultModel }: RouteContext,
): string | null {
  if (request.routing.order !== undefined) return null
  const session = sessionOf(request, account, request.models[0] ?? defaultModel ?? '')
  return session === null ? null : stickiness.find(session)
}

/** Whether it matters where the request goes, and the client left it to us (contract §6.11). */
const stays = (options: readonly EndpointOption[], request: GenerationRequest, { strategy }: Resolution): boolean =>
  request.routing.order === undefined &&
  // Another endpoint, or the next time another model.
  (options.length > 1 || strategy === 'auto' || strategy === 'free' || strategy === 'pareto') &&
  options.some(({ endpoint }) => hasCheapCache(endpoint))

/** One candidate a credential, so that a refused key is followed by the next (contract §6.7); those refused lately come last. */
function candidatesOf(rankings: readonly Ranking[], { credentials, health, now }: RouteContext): readonly Candidate[] {
  const candidates: Candidate[] = []
  for (const { order } of rankings) {
    for (const { endpoint } of order) {
      const { id, provider } = endpoint
      const benched: Candidate[] = []
      const references = credentials(provider)
      for (const credential of references) {
        const isLast = references.length > 1 && health.isBenched(id, credential.id, now)
        ;(isLast ? benched : candidates).push({ endpoint, credential })
      }
      for (const candidate of benched) candidates.push(candidate)
    }
  }
  return candidates
}
