import type { ChatRequest } from '../../../canonical/generation-request.ts'
import type { AutoRouterPreferences, RoutingPreferences } from '../../../canonical/routing-preferences.ts'
import type { Model } from '../../../catalog/model.ts'
import type { Miss } from '../miss.ts'
import { type Capability, isCapable, neededCapabilities } from './capability.ts'
import { classifyTask, type Classification } from './classify-task.ts'
import { askedBand, defaultBand, modelPrice, withinBand } from './cost-band.ts'
import { mostChosen, withoutSimulator, type RouterModel, type RouterModelContext } from './router-model.ts'
import { slugMatcher } from './slug-matcher.ts'
import { taskOf } from './tasks.ts'

/** Makes a router model that chooses by the task of the prompt and by price (contract §6.8). It reads only its own plugin settings. */
const autoRouter = (
  plugin: string,
  read: (routing: RoutingPreferences) => AutoRouterPreferences | undefined,
): RouterModel => ({
  strategy: 'auto',
  choose(request, context) {
    if (request.operation !== 'chat') return onlyChats
    const preferences = read(request.routing) ?? {}
    const task = classifyTask(request)
    const isAllowed = allowance(preferences)
    const suits = (model: Model): boolean => isAllowed(model) && context.serves(model)
    const pinned = preferences.pinModel === true ? lastModel(request, context) : null
    const ranked = rankedModels(request, task, context, suits, preferences)
    const sticky = context.pool.find(context.isSticky)
    const preferred = [pinned, sticky].filter((model) => model !== null && model !== undefined)
    const models = new Set([...preferred.filter(suits), ...ranked])
    if (models.size === 0) return noMatch(preferences)
    const stage = {
      type: 'plugin',
      name: plugin,
      summary: `${task.type}: ${task.why}`,
      data: { task_type: task.type },
    } as const
    return { models: [...models].slice(0, mostChosen), stage }
  },
})

export const auto = autoRouter('auto-router', ({ autoRouter }) => autoRouter)
export const autoBeta = autoRouter('auto-beta-router', ({ autoBetaRouter }) => autoBetaRouter)

const onlyChats: Miss = {
  code: 'wrong_endpoint',
  message: 'The auto router goes by messages: use /api/v1/chat/completions instead.',
  constraint: { field: 'model', detail: '/api/v1/chat/completions' },
}

function noMatch({ allowedModels, excludedModels }: AutoRouterPreferences): Miss {
  if (allowedModels === undefined && excludedModels === undefined) {
    return { code: 'no_endpoints', message: 'No models match the request.' }
  }
  const detail = 'no model that can serve the request is among those allowed and not excluded'
  return {
    code: 'constraint_filtered',
    message: 'No models match the request and the patterns in `allowed_models` and `excluded_models`.',
    constraint: { field: 'plugins', detail },
  }
}

/** Returns a test of whether a model is allowed. Exclusion takes precedence. */
function allowance({ allowedModels, excludedModels }: AutoRouterPreferences): (model: Model) => boolean {
  const allowed = allowedModels === undefined ? () => true : slugMatcher(allowedModels)
  const excluded = slugMatcher(excludedModels ?? [])
  return ({ slug }) => allowed(slug) && !excluded(slug)
}

function lastModel({ input }: ChatRequest, { find }: RouterModelContext): Model | null {
  const last = input.messages.findLast((message) => message.role === 'assistant')
  return last?.model === undefined ? null : find(last.model)
}

/**
 * Ranks the models: by the configured list of the task, else by the configured default list, else from the whole catalogue. A configured
 * list is used as it is, unless the request names a price band.
 */
function rankedModels(
  request: ChatRequest,
  task: Classification,
  { pool, find, rankings }: RouterModelContext,
  suits: (model: Model) => boolean,
  preferences: AutoRouterPreferences,
): readonly Model[] {
  const band = askedBand(preferences)
  for (const list of [rankings.auto[task.type], rankings.auto['default']]) {
    const models = (list ?? [])
      .map(find)
      .filter((model) => model !== null)
      .filter(suits)
    if (models.length > 0) return band === null ? models : withinBand(models, band)
  }
  const wanted = [...neededCapabilities(request), ...(taskOf(task.type).capabilities ?? [])]
  return byMerit(withinBand(withoutSimulator(pool.filter(suits)), band ?? defaultBand), wanted)
}

/** Sorts models by the number of wanted capabilities, then the newest first, then the cheapest. */
function byMerit(models: readonly Model[], wanted: readonly Capability[]): readonly Model[] {
  const figures = models.map((model) => ({
    model,
    fit: wanted.filter((capability) => isCapable(model, capability)).length,
    price: modelPrice(model),
  }))
  figures.sort((a, b) => b.fit - a.fit || b.model.created - a.model.created || a.price - b.price)
  return figures.map(({ model }) => model)
}
