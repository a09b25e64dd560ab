import { GatewayError } from '../../canonical/errors.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { PipelineStage, Strategy } from '../../canonical/router-metadata.ts'
import type { SortKey } from '../../canonical/routing-preferences.ts'
import type { Tier } from '../../catalog/endpoint.ts'
import type { Catalog, Model } from '../../catalog/model.ts'
import { namesakes } from '../../catalog/aliases.ts'
import { judgesContent } from '../../catalog/judges-content.ts'
import { resolveModel } from '../../catalog/resolve-model.ts'
import { namesOf } from '../names-of.ts'
import { nearestSlug } from './nearest-slug.ts'
import { latestModel } from './latest-model.ts'
import { explainMiss, isMiss, type Miss } from './miss.ts'
import { findRouterModel, routerSlugs } from './router-models/find-router-model.ts'
import type { RouterModel, RouterModels } from './router-models/router-model.ts'
import {
  contradiction,
  inVariant,
  listedVariant,
  splitVariants,
  unknownVariant,
  type Variant,
  type VariedSlug,
  endpointPreference,
} from './variant.ts'

export type { RouterModels }

/** A model to try, and what was said about it besides its name. */
export interface ModelChoice {
  readonly model: Model
  /** From a variant: nitro → throughput, floor → price, exacto → exacto. */
  readonly sort?: SortKey
  /** The tier that the variant admits beside the default one: nitro → priority, floor → flex. */
  readonly admits?: Tier
  /** `:thinking`: reasoning is on unless the request says otherwise. */
  readonly thinking: boolean
  /** Reached through `~author/family-latest`: an effort that the target cannot have is raised instead of refused (contract §1.6). */
  readonly lenientEffort: boolean
}

export interface Resolution {
  /** The first slug that the client sent, or the default's. */
  readonly requested: string
  readonly strategy: Strategy
  /** In the order to try, each model once. Empty exactly when `error` is set. */
  readonly choices: readonly ModelChoice[]
  /** What a router model went by, as `params` of the router metadata. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly stage?: PipelineStage
  readonly error: GatewayError | null
}

export interface ResolveDependencies {
  readonly catalog: Catalog
  readonly defaultModel: string | null
  /** What to set so that a model is served here, which it is not; null for a name that nobody lists. */
  readonly adviceFor: (model: string) => string | null
  readonly routerModels: RouterModels
  /** Whether any endpoint of the model survives the request's own filters. */
  readonly serves: (model: Model) => boolean
  /** A model's tokens per second lately; null when nobody knows. */
  readonly throughput: (model: Model) => number | null
  /** Id of the endpoint that the session is with; asked for router models only. */
  readonly stickyEndpointId: () => string | null
  /** Uniform in [0, 1). */
  readonly chance: () => number
}

/** What one slug stands for. */
interface Meaning {
  readonly strategy: Strategy
  readonly choices: readonly ModelChoice[]
  readonly parameters?: Resolution['parameters']
  readonly stage?: PipelineStage
}

/**
 * Turns the words in `model` and `models` into models (contract §6.1). A slug that stands for none is left out where another stands
 * for one. Pure but for `chance`.
 */
export function resolve(request: GenerationRequest, dependencies: ResolveDependencies): Resolution {
  const { catalog, defaultModel } = dependencies
  const slugs = request.models.length > 0 || defaultModel === null ? request.models : [defaultModel]
  const requested = slugs[0] ?? ''
  // Nearly every request names one model as it is listed: that costs no more than looking it up.
  const only = slugs.length === 1 && !requested.includes(':') ? catalog.models.get(requested) : undefined
  if (only !== undefined) return { requested, strategy: 'direct', choices: [choiceOf(only, plain)], error: null }
  const failed = (error: GatewayError): Resolution => ({ requested, strategy: 'direct', choices: [], error })

  const meanings: Meaning[] = []
  const routers = new Set<RouterModel>()
  let firstMiss: Miss | null = null
  for (const slug of slugs) {
    const asked = splitVariants(slug)
    const listed = listedModel(catalog, asked)
    // A model of that slug wins over a router model.
    const router = listed === null ? findRouterModel(asked.base) : null
    if (router === 'not built yet') return failed(notBuilt(slug))
    // Each looks at the whole catalogue, and a request may name one any number of times.
    if (router !== null && routers.has(router)) continue
    if (router !== null) routers.add(router)
    const found =
      listed ?? (router === null ? latestMeaning(catalog, asked) : askRouter(router, asked, request, dependencies))
    if (found !== null && !isMiss(found)) meanings.push(found)
    // Only the first slug's miss is ever told, and to look for what it may have meant takes a while.
    else if (slug === requested) firstMiss = found ?? unknown(dependencies, asked)
  }

  const [first] = meanings
  if (first === undefined) return failed(explainMiss(firstMiss, slugs))
  const choices = new Map<string, ModelChoice>()
  for (const choice of meanings.flatMap((meaning) => meaning.choices)) {
    if (!choices.has(choice.model.slug)) choices.set(choice.model.slug, choice)
  }
  const strategy = firstMiss === null ? first.strategy : 'fallback'
  return { ...first, requested, strategy, choices: [...choices.values()], error: null }
}

const plain: ReadonlySet<Variant> = new Set()

function choiceOf(model: Model, variants: ReadonlySet<Variant>, lenientEffort = false): ModelChoice {
  const thinking = variants.has('thinking') && model.reasoning !== null
  return { model, ...endpointPreference(variants), thinking, lenientEffort }
}

/** A slug that the catalogue knows, as it stands or without its variants; null when it knows neither. */
function listedModel(catalog: Catalog, asked: VariedSlug): Meaning | Miss | null {
  const { slug, base, variants } = asked
  const exact = resolveModel(catalog, slug)
  if (exact !== null) {
    // What else its name may sound like is part of the name.
    const thinking = new Set([...variants].filter((variant) => variant === 'thinking'))
    return { strategy: exact.slug === slug ? 'direct' : 'alias', choices: [choiceOf(exact, thinking)] }
  }
  const plain = resolveModel(catalog, base)
  const model = plain ?? listedVariant(catalog, base, variants)
  if (model === null) return null
  return variedMeaning(catalog, asked, model, plain === null || plain.slug === base ? 'direct' : 'alias')
}

function latestMeaning(catalog: Catalog, asked: VariedSlug): Meaning | Miss | null {
  const newest = latestModel(catalog, asked.base)
  return newest === null ? null : variedMeaning(catalog, asked, newest, 'latest')
}

function variedMeaning(
  catalog: Catalog,
  asked: VariedSlug,
  plain: Model,
  strategy: 'direct' | 'alias' | 'latest',
): Meaning | Miss {
  const { variants } = asked
  const model = contradiction(asked) ?? inVariant(catalog, plain, variants)
  return isMiss(model) ? model : { strategy, choices: [choiceOf(model, variants, strategy === 'latest')] }
}

function askRouter(
  router: RouterModel,
  asked: VariedSlug,
  request: GenerationRequest,
  dependencies: ResolveDependencies,
): Meaning | Miss {
  const contradicted = contradiction(asked)
  if (contradicted !== null) return contradicted
  const { variants } = asked
  const { catalog, serves, chance, throughput } = dependencies
  const stuck = dependencies.stickyEndpointId()
  const find = (slug: string): Model | null => {
    const model = resolveModel(catalog, slug)
    const varied = model === null || judgesContent(model) ? null : inVariant(catalog, model, variants)
    return varied === null || isMiss(varied) ? null : varied
  }
  const pool = new Set<Model>()
  for (const model of catalog.models.values()) {
    const varied = inVariant(catalog, model, variants)
    if (!isMiss(varied) && !judgesContent(model)) pool.add(varied)
  }
  const rankings = dependencies.routerModels
  const chosen = router.choose(request, {
    catalog,
    pool: [...pool],
    variants,
    find,
    serves,
    throughput,
    isSticky: ({ endpoints }) => stuck !== null && endpoints.some(({ id }) => id === stuck),
    chance,
    rankings,
  })
  if (isMiss(chosen)) return chosen
  const { models, ...told } = chosen
  return { strategy: router.strategy, choices: models.map((model) => choiceOf(model, variants)), ...told }
}

function unknown({ catalog, adviceFor }: ResolveDependencies, { slug, base }: VariedSlug): Miss {
  const isKnown = (name: string): boolean =>
    resolveModel(catalog, name) !== null || findRouterModel(name) !== null || latestModel(catalog, name) !== null
  const otherwise = unknownVariant(base, isKnown)
  if (otherwise !== null) return otherwise
  const code = 'model_not_found'
  if (base.startsWith('~')) {
    const message = `${slug} is not a valid model ID: no model here is of that author and family. The form is ~author/family-latest.`
    return { code, message }
  }
  const same = namesakes(catalog.models.keys(), base)
  if (same.length > 1) {
    const message = `${slug} is not a valid model ID: it names ${namesOf(same)}. Write one of them with its author.`
    return { code, message }
  }
  const advice = adviceFor(base)
  if (advice !== null) return { code, message: `${slug} is not a valid model ID here. ${advice}` }
  const nearest = nearestSlug(catalog, base, routerSlugs)
  const hint = nearest === null ? 'GET /api/v1/models lists the models served here.' : `Did you mean "${nearest}"?`
  return { code, message: `${slug} is not a valid model ID. ${hint}` }
}

function notBuilt(slug: string): GatewayError {
  const message = `The router model ${slug} is not supported by this gateway yet.`
  return new GatewayError('invalid_request', message, { issues: [{ path: 'model', message }] })
}
