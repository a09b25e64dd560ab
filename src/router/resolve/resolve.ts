import { GatewayError } from '../../canonical/errors.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { PluginRequest } from '../../canonical/plugin-request.ts'
import type { PipelineStage, Strategy } from '../../canonical/router-metadata.ts'
import type { SortKey } from '../../canonical/routing-preferences.ts'
import type { Tool } from '../../canonical/tool.ts'
import type { Tier } from '../../catalog/endpoint.ts'
import type { Catalog, Model } from '../../catalog/model.ts'
import { slugsWithName } from '../../catalog/aliases.ts'
import { isModerationModel } from '../../catalog/is-moderation-model.ts'
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
  pluginsOf,
} from './variant.ts'

export type { RouterModels }

/** A model to try, with what its slug says besides the name. */
export interface ModelChoice {
  readonly model: Model
  /** The sort of the variant: nitro → throughput, floor → price, exacto → exacto. */
  readonly sort?: SortKey
  /** The service tier that the variant allows besides the default one: nitro → priority, floor → flex. */
  readonly admits?: Tier
  /** Whether the variant is `:thinking`: reasoning is on unless the request switches it off. */
  readonly thinking: boolean
  /** Whether the slug was `~author/family-latest`: an effort that the model does not support is then raised, not refused (contract §1.6). */
  readonly lenientEffort: boolean
}

/** The models that the slugs of a request resolve to. */
export interface Resolution {
  /** The first slug that the client sent, or the default slug. */
  readonly requested: string
  readonly strategy: Strategy
  /** The slug of the router model that chose; absent where none did. */
  readonly router?: string
  /** The models in the order to try, each once. Empty exactly when `error` is set. */
  readonly choices: readonly ModelChoice[]
  /** The parameters by which a router model chose, for the router metadata. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly stage?: PipelineStage
  /** The plugins and the tools that the slug stands for, as `:online` does. */
  readonly plugins?: readonly PluginRequest[]
  readonly tools?: readonly Tool[]
  readonly error: GatewayError | null
}

/** What the resolution of slugs is given. */
export interface ResolveDependencies {
  readonly catalog: Catalog
  readonly defaultModel: string | null
  /** Returns the slug that a configured alias means; the slug itself where none does. Absent: there are no aliases. */
  readonly rename?: (slug: string) => string
  /** Explains what to set so that a model is served here; null for a name that no built-in provider lists. */
  readonly adviceFor: (model: string) => string | null
  readonly routerModels: RouterModels
  /** Tells whether any endpoint of the model passes the filters for the request. */
  readonly serves: (model: Model) => boolean
  /** Returns the recent tokens per second of a model; null where none were measured. */
  readonly throughput: (model: Model) => number | null
  /** Finds the id of the endpoint with which the session stays. Called only for router models. */
  readonly stickyEndpointId: () => string | null
  /** Uniform in [0, 1). */
  readonly chance: () => number
}

/** The models that one slug resolves to. */
interface ResolvedSlug {
  readonly strategy: Strategy
  readonly choices: readonly ModelChoice[]
  readonly router?: string
  readonly parameters?: Resolution['parameters']
  readonly stage?: PipelineStage
  readonly plugins?: Resolution['plugins']
  readonly tools?: Resolution['tools']
}

/**
 * Resolves the slugs in `model` and `models` (contract §6.1). A slug that resolves to no model is skipped where another one resolves. Pure
 * except for `chance`.
 */
export function resolve(request: GenerationRequest, dependencies: ResolveDependencies): Resolution {
  const { catalog, defaultModel } = dependencies
  const named = request.models.length > 0 || defaultModel === null ? request.models : [defaultModel]
  const slugs = dependencies.rename === undefined ? named : named.map(dependencies.rename)
  const renamed = slugs[0] ?? ''
  const requested = request.preset?.modelAsSent ?? named[0] ?? ''
  const isAlias = renamed !== (named[0] ?? '')
  // Nearly every request names one model as it is listed, which takes only a lookup.
  const only = slugs.length === 1 && !renamed.includes(':') && !isAlias ? catalog.models.get(renamed) : undefined
  if (only !== undefined) return { requested, strategy: 'direct', choices: [choiceOf(only, plain)], error: null }
  const failed = (error: GatewayError): Resolution => ({ requested, strategy: 'direct', choices: [], error })

  const resolved: ResolvedSlug[] = []
  const routers = new Set<RouterModel>()
  let firstMiss: Miss | null = null
  for (const slug of slugs) {
    const asked = splitVariants(slug)
    const listed = listedModel(catalog, asked)
    // A listed model takes precedence over a router model of the same slug.
    const router = listed === null ? findRouterModel(asked.base) : null
    if (router === 'not built yet') return failed(unsupportedRouterModel(slug))
    // A router model reads the whole catalogue, and a request may name the same one any number of times.
    if (router !== null && routers.has(router)) continue
    if (router !== null) routers.add(router)
    const found =
      listed ??
      (router === null ? resolveLatest(catalog, asked) : chooseByRouterModel(router, asked, request, dependencies))
    if (found !== null && !isMiss(found)) resolved.push(withPlugins(found, asked))
    // Only the miss of the first slug is reported, and the search for a similar slug takes time.
    else if (slug === renamed) firstMiss = found ?? unknown(dependencies, asked)
  }

  const [first] = resolved
  if (first === undefined) return failed(explainMiss(firstMiss, slugs, request.models.length === 0))
  const choices = new Map<string, ModelChoice>()
  for (const choice of resolved.flatMap(({ choices }) => choices)) {
    if (!choices.has(choice.model.slug)) choices.set(choice.model.slug, choice)
  }
  const direct = isAlias && first.strategy === 'direct' ? 'alias' : first.strategy
  const strategy = firstMiss === null ? direct : 'fallback'
  const plugins = resolved.flatMap(({ plugins = [] }) => plugins)
  return {
    ...first,
    requested,
    strategy,
    choices: [...choices.values()],
    ...(plugins.length > 0 && { plugins }),
    error: null,
  }
}

/** Finds the one model that a name means, as `resolve` reads it; null for a router model and for an unknown name. */
export function findNamed(
  name: string,
  { catalog, rename }: Pick<ResolveDependencies, 'catalog' | 'rename'>,
): Model | null {
  const asked = splitVariants(rename === undefined ? name : rename(name))
  const found = listedModel(catalog, asked) ?? resolveLatest(catalog, asked)
  return found === null || isMiss(found) ? null : (found.choices[0]?.model ?? null)
}

/** Adds the plugins that the variants of the slug stand for. A listed model may have such a word in its own name. */
function withPlugins(found: ResolvedSlug, { slug, variants }: VariedSlug): ResolvedSlug {
  const plugins = pluginsOf(variants)
  const isOwnName = found.choices.some(({ model }) => model.slug === slug)
  return plugins.length === 0 || isOwnName ? found : { ...found, plugins: [...(found.plugins ?? []), ...plugins] }
}

const plain: ReadonlySet<Variant> = new Set()

function choiceOf(model: Model, variants: ReadonlySet<Variant>, lenientEffort = false): ModelChoice {
  const thinking = variants.has('thinking') && model.reasoning !== null
  return { model, ...endpointPreference(variants), thinking, lenientEffort }
}

/** Finds a slug in the catalogue, as it is or without its variants; null where neither is listed. */
function listedModel(catalog: Catalog, asked: VariedSlug): ResolvedSlug | Miss | null {
  const { slug, base, variants } = asked
  const exact = resolveModel(catalog, slug)
  if (exact !== null) {
    // Other words of the slug that look like variants are part of the listed name.
    const thinking = new Set([...variants].filter((variant) => variant === 'thinking'))
    return { strategy: exact.slug === slug ? 'direct' : 'alias', choices: [choiceOf(exact, thinking)] }
  }
  const plain = resolveModel(catalog, base)
  const model = plain ?? listedVariant(catalog, base, variants)
  if (model === null) return null
  return resolveVariant(catalog, asked, model, plain === null || plain.slug === base ? 'direct' : 'alias')
}

function resolveLatest(catalog: Catalog, asked: VariedSlug): ResolvedSlug | Miss | null {
  const newest = latestModel(catalog, asked.base)
  return newest === null ? null : resolveVariant(catalog, asked, newest, 'latest')
}

function resolveVariant(
  catalog: Catalog,
  asked: VariedSlug,
  plain: Model,
  strategy: 'direct' | 'alias' | 'latest',
): ResolvedSlug | Miss {
  const { variants } = asked
  const model = contradiction(asked) ?? inVariant(catalog, plain, variants)
  return isMiss(model) ? model : { strategy, choices: [choiceOf(model, variants, strategy === 'latest')] }
}

function chooseByRouterModel(
  router: RouterModel,
  asked: VariedSlug,
  request: GenerationRequest,
  dependencies: ResolveDependencies,
): ResolvedSlug | Miss {
  const contradicted = contradiction(asked)
  if (contradicted !== null) return contradicted
  const { variants } = asked
  const { catalog, serves, chance, throughput } = dependencies
  const stickyId = dependencies.stickyEndpointId()
  const find = (slug: string): Model | null => {
    const model = resolveModel(catalog, slug)
    const varied = model === null || isModerationModel(model) ? null : inVariant(catalog, model, variants)
    return varied === null || isMiss(varied) ? null : varied
  }
  const pool = new Set<Model>()
  for (const model of catalog.models.values()) {
    const varied = inVariant(catalog, model, variants)
    if (!isMiss(varied) && !isModerationModel(model)) pool.add(varied)
  }
  const rankings = dependencies.routerModels
  const chosen = router.choose(request, {
    catalog,
    pool: [...pool],
    variants,
    find,
    latest: (slug) => latestModel(catalog, slug),
    serves,
    throughput,
    isSticky: ({ endpoints }) => stickyId !== null && endpoints.some(({ id }) => id === stickyId),
    chance,
    rankings,
  })
  if (isMiss(chosen)) return chosen
  const { models, ...description } = chosen
  const choices = models.map((model) => choiceOf(model, variants))
  return { strategy: router.strategy, router: asked.slug, choices, ...description }
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
  const same = slugsWithName(catalog.models.keys(), base)
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

function unsupportedRouterModel(slug: string): GatewayError {
  const message = `The router model ${slug} is not supported by this gateway yet.`
  return new GatewayError('invalid_request', message, { issues: [{ path: 'model', message }] })
}
