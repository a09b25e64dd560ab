import { type FusionPreset, fusionPanel } from '../../../canonical/fusion-panel.ts'
import type { RouterModel } from './router-model.ts'
import { mostChosen } from './router-model.ts'

/**
 * Makes a router model that answers with the first model of a panel, and gives it the tool to ask the others (contract §6.8). The plugin
 * `fusion` configures the panel.
 */
const fusionRouter = (preset: FusionPreset | null): RouterModel => ({
  strategy: 'fusion',
  choose(request, { pool, latest, serves }) {
    if (request.operation !== 'chat') {
      return {
        code: 'wrong_endpoint',
        message: 'Fusion goes by messages: use /api/v1/chat/completions instead.',
        constraint: { field: 'model', detail: '/api/v1/chat/completions' },
      }
    }
    const wanted = preset ?? 'general-high'
    const able = pool.filter(serves)
    const find = (slug: string) => able.find((model) => model === latest(slug)) ?? null
    const panel = fusionPanel(wanted, { find, list: () => able })
    const models = panel.flatMap((member) => able.find((model) => model === member) ?? []).slice(0, mostChosen)
    if (models.length === 0)
      return { code: 'no_endpoints', message: 'No model that fusion could ask can serve the request.' }
    const parameters = preset === null ? {} : { preset }
    return { models, tools: [{ type: 'server', name: 'openrouter:fusion', parameters }] }
  },
})

export const fusion = fusionRouter(null)
export const fusionFlash = fusionRouter('general-fast')
