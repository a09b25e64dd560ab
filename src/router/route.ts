import type { GatewayError } from '../canonical/errors.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { AdmittedEndpoint } from '../canonical/offered-model.ts'
import type { PipelineStage, Strategy } from '../canonical/router-metadata.ts'
import { catalogueId } from '../catalog/copied-endpoint.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Catalog, Model } from '../catalog/model.ts'
import type { Candidate } from '../health/candidate.ts'
import type { HealthView } from '../health/endpoint-health.ts'
import { estimatePromptTokens, roughPromptTokens } from '../canonical/prompt-tokens.ts'
import { type Exclusion, explainExclusions } from './exclusion.ts'
import { applyFilters, applyFiltersExceptLength } from './apply-filters.ts'
import type { FilterContext } from './filters/filter.ts'
import type { EndpointOption } from './endpoint-option.ts'
import { rank } from './rank.ts'
import type { Ranking } from './rankers/ranker.ts'
import { type ModelChoice, resolve, type Resolution, type RouterModels } from './resolve/resolve.ts'
import { listOptions, type UsableCredentials } from './list-options.ts'
import { hasCheapCache, type Session, sessionOf, type Stickiness } from './stickiness.ts'
import type { TokenCalibration } from '../health/token-calibration.ts'

/** What routing uses besides the request. Routing changes none of it. */
export interface RouteContext extends UsableCredentials {
  /** What is offered to the account. */
  readonly catalog: Catalog
  readonly defaultModel: string | null
  /** Returns the slug that a configured alias means; the slug itself where none does. Absent: there are no aliases. */
  readonly rename?: (slug: string) => string
  /** Explains what to set so that a model is served here; null for a name that no built-in provider lists. */
  readonly adviceFor: (model: string) => string | null
  readonly routerModels: RouterModels
  readonly health: HealthView
  readonly stickiness: Pick<Stickiness, 'find'>
  readonly calibration: Pick<TokenCalibration, 'factor'>
  /** Monotonic milliseconds. */
  readonly now: number
  /** The most calls to providers that one request may make in all. */
  readonly mostCalls: number
  /** Uniform in [0, 1). */
  readonly chance: () => number
  /** The account of the principal. Different accounts share no sessions. */
  readonly account: string
}

/** The route of one request. */
export interface Route {
  /** The slug that the client sent, or the default slug. */
  readonly requested: string
  readonly strategy: Strategy
  /** The slug of the router model that chose; absent where none did. */
  readonly router?: string
  /** The parameters by which a router model chose. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** The stage of a router model in the metadata. */
  readonly stage?: PipelineStage
  /** Every endpoint of the requested models. */
  readonly considered: readonly Endpoint[]
  readonly exclusions: readonly Exclusion[]
  readonly rankings: readonly Ranking[]
  /** The choices by the slug of the model. */
  readonly choices: ReadonlyMap<string, ModelChoice>
  /** The candidates to try, in order. Empty exactly when `error` is set. */
  readonly candidates: readonly Candidate[]
  /** Whether the client allows fallbacks. If not, the candidates are those that the client itself chose. */
  readonly fallbacks: boolean
  /** The session of the request; null where a session would gain nothing. */
  readonly session: Session | null
  /** The id of the endpoint with which the session stays. */
  readonly stickyEndpointId: string | null
  /** The estimated tokens of the prompt before correction; null where no estimate was needed. */
  readonly estimatedTokens: number | null
  readonly error: GatewayError | null
}

/** Resolves the slugs in `model` and `models` with the context of routing. Pure, as `route` is. */
export function resolveModels(request: GenerationRequest, context: RouteContext): Resolution {
  const { catalog, defaultModel, rename, adviceFor, routerModels, chance, mostCalls } = context
  const known = { ...promptEstimate(request, context.calibration), mostCalls }
  return resolve(request, {
    catalog,
    defaultModel,
    rename,
    adviceFor,
    routerModels,
    chance,
    throughput: (model) => fastest(model, context.health),
    stickyEndpointId: () => stickyEndpoint(request, context),
    serves: (model) =>
      applyFilters(listOptions({ model, thinking: false, lenientEffort: true }, context), request, known).kept.length >
      0,
  })
}

/**
 * Chooses the endpoints to try for a request, in order. Pure: the time, the chance and the state of endpoints are in the context.
 * @param previousEndpointId The endpoint of the turn before this one. It comes first, since it has the conversation in its cache and can
 * read the signatures of its own thoughts.
 */
export function route(
  request: GenerationRequest,
  resolution: Resolution,
  context: RouteContext,
  previousEndpointId: string | null = null,
): Route {
  const estimate = promptEstimate(request, context.calibration)
  const { requested, strategy, router, parameters, stage } = resolution
  const choices =
    previousEndpointId === null ? resolution.choices : withModelFirst(resolution.choices, previousEndpointId)
  const options = choices.flatMap((choice) => listOptions(choice, context))
  const common = {
    requested,
    strategy,
    ...(router !== undefined && { router }),
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
  const stickyEndpointId = previousEndpointId ?? (session === null ? null : context.stickiness.find(session))
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

/** Lists the endpoints that a request of any length may be sent to, in the order of the models. Pure, as `route` is. */
export function admit(
  request: GenerationRequest,
  resolution: Resolution,
  context: RouteContext,
): readonly AdmittedEndpoint[] {
  const { calibration, mostCalls } = context
  const options = resolution.choices.flatMap((choice) => listOptions(choice, context))
  const known = { ...promptEstimate(request, calibration), mostCalls }
  return applyFiltersExceptLength(options, request, known).map(({ endpoint }) => ({
    endpoint,
    tokenFactor: calibration.factor(endpoint.model),
  }))
}

/** Moves the model that has this endpoint to the front. */
const withModelFirst = (choices: readonly ModelChoice[], endpointId: string): readonly ModelChoice[] => {
  const listedId = catalogueId(endpointId)
  const has = ({ model }: ModelChoice): boolean => model.endpoints.some(({ id }) => id === listedId)
  return [...choices.filter(has), ...choices.filter((choice) => !has(choice))]
}

/** Returns the tokens a second of the fastest endpoint of a model; null where none was measured. */
function fastest({ endpoints }: Model, health: HealthView): number | null {
  const known = endpoints.flatMap(({ id }) => health.state(id)?.throughput?.p50 ?? [])
  return known.length === 0 ? null : Math.max(...known)
}

/** Makes the estimate of the prompt's tokens, which is computed once, when a filter needs it. */
function promptEstimate(request: GenerationRequest, calibration: Pick<TokenCalibration, 'factor'>) {
  let tokens: number | null = null
  let rough: number | null = null
  const promptTokens: FilterContext['promptTokens'] = (model) => {
    tokens ??= estimatePromptTokens(request)
    return Math.ceil(tokens * calibration.factor(model))
  }
  const roughTokens: FilterContext['roughTokens'] = (model) => {
    rough ??= roughPromptTokens(request)
    return rough * calibration.factor(model)
  }
  return { promptTokens, roughTokens, uncorrected: () => tokens }
}

/** Finds the endpoint of the catalogue with which the session of a request to a router model stays, before a model is chosen. */
function stickyEndpoint(
  request: GenerationRequest,
  { stickiness, account, defaultModel }: RouteContext,
): string | null {
  if (request.routing.order !== undefined) return null
  const session = sessionOf(request, account, request.models[0] ?? defaultModel ?? '')
  const found = session === null ? null : stickiness.find(session)
  return found === null ? null : catalogueId(found)
}

/** Tells whether a session is useful: there is a choice, some endpoint has a cheap cache, and the client set no order (contract §6.11). */
const stays = (options: readonly EndpointOption[], request: GenerationRequest, { strategy }: Resolution): boolean =>
  request.routing.order === undefined &&
  // A router model may choose another model for the next request.
  (options.length > 1 || strategy === 'auto' || strategy === 'free' || strategy === 'pareto') &&
  options.some(({ endpoint }) => hasCheapCache(endpoint))

/**
 * Makes a candidate for each credential, so that the next credential follows a refused one (contract §6.7). Those refused lately come last.
 * The copy of an endpoint for a key of the account's own has only this key.
 */
function candidatesOf(rankings: readonly Ranking[], { credentials, health, now }: RouteContext): readonly Candidate[] {
  const candidates: Candidate[] = []
  for (const { order } of rankings) {
    for (const { endpoint, own } of order) {
      if (own !== undefined) {
        candidates.push({ endpoint, credential: own.reference })
        continue
      }
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
