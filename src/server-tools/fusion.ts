import { type Static, Type } from 'typebox'
import { askModel, type NestedAnswer, outerModel, type Question, questionMessages } from '../canonical/ask-model.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import { fenced } from '../canonical/fenced.ts'
import { fusionPanel } from '../canonical/fusion-panel.ts'
import { unusable } from '../canonical/search-web.ts'
import { CacheControlSchema } from '../canonical/settings/cache-control.ts'
import {
  fusionPanelSettings,
  fusionPreset,
  nestedTools,
  samplingParameters,
  samplingSettings,
} from '../canonical/settings/nested-model.ts'
import type { ServerToolRequest } from '../canonical/tool.ts'
import { stringOf } from '../util/json.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool, type ToolCallContext, type ToolOutcome } from './server-tool.ts'

const parameters = {
  preset: nullish(Type.Enum(fusionPreset, { description: 'The panel where `analysis_models` names none.' })),
  ...fusionPanelSettings,
  ...samplingSettings,
  cache_control: nullish(CacheControlSchema),
}
const Parameters = Type.Object(parameters)
type Parameters = Static<typeof Parameters>

const usualToolCalls = 4
const usualTokens = 16_000
/** Every run asks several models. A model that runs the panel again and again is stopped. */
const mostRuns = 2

/** Asks a panel of models the same question, and has their answers compared (contract §1.4). */
export default defineServerTool({
  type: 'openrouter:fusion',
  title: 'FusionTool',
  description: 'The model may ask a panel of models.',
  parameters,
  open(parameters, context) {
    const panel = panelOf(parameters, context)
    let runs = 0
    return {
      function: {
        type: 'function',
        name: 'fusion',
        description:
          'Asks several models the same question, and returns their answers with a comparison. Use it once, for the whole question.',
        parameters: {
          type: 'object',
          properties: { prompt: { type: 'string', description: 'The question, with all that the models must know.' } },
          required: ['prompt'],
          additionalProperties: false,
        },
      },
      async run(given, call) {
        const prompt = stringOf(given['prompt'])
        if (!prompt) return failed('unexpected_error', 'The argument "prompt" is missing.')
        if (runs >= mostRuns) return failed('fusion_invocation_capped', 'The panel was asked often enough.')
        runs++
        return fuse(prompt, panel, parameters, call, context)
      },
    }
  },
})

/** @throws GatewayError 400 where no model is left to ask. */
function panelOf({ analysis_models: named, preset }: Parameters, { models }: FeatureContext): readonly string[] {
  if (named && named.length > 0) return named
  const panel = fusionPanel(preset ?? 'general-high', models).map(({ slug }) => slug)
  if (panel.length > 0) return panel
  throw unusable('tools', 'openrouter:fusion needs models to ask. Name them in analysis_models.')
}

async function fuse(
  prompt: string,
  panel: readonly string[],
  parameters: Parameters,
  call: ToolCallContext,
  context: FeatureContext,
): Promise<ToolOutcome> {
  const tools = panelTools(parameters, context)
  const ask = (model: string): Promise<NestedAnswer> => {
    const asking: Question = {
      model,
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: prompt, cacheControl: cacheControl(parameters) }],
        },
      ],
      parameters: {
        ...samplingParameters(parameters),
        maxTokens: parameters.max_completion_tokens ?? usualTokens,
        ...(tools.length > 0 && { tools }),
      },
      maxToolCalls: parameters.max_tool_calls ?? usualToolCalls,
    }
    return askModel(context, call.request, 'openrouter:fusion', asking, call.signal)
  }
  const answers = await Promise.all(panel.map(ask))
  const good = answers.filter((answer) => answer.type === 'answered')
  const bad = answers.filter((answer) => answer.type === 'failed')
  if (good.length === 0) return failed(reasonOf(bad), bad[0]?.error ?? 'No model answered.')
  const responses = good.map(({ model, text }) => ({ model, content: text }))
  const analysis = await analyse(prompt, responses, parameters, call, context)
  return {
    status: 'completed',
    result: {
      status: 'ok',
      ...(analysis !== null && { analysis }),
      responses,
      ...(bad.length > 0 && { failed_models: bad.map(({ model, error }) => ({ model, error })) }),
    },
  }
}

/** Compares the answers; null where the analyst does not answer, or there is nothing to compare. */
async function analyse(
  prompt: string,
  responses: readonly { readonly model: string; readonly content: string }[],
  parameters: Parameters,
  { request, signal }: ToolCallContext,
  context: FeatureContext,
): Promise<string | null> {
  if (responses.length < 2) return null
  // No answer can pass for that of another model.
  const answers = fenced(
    'answer',
    responses.map(({ model, content: text }) => ({ model, text })),
  )
  const asking: Question = {
    model: parameters.model ?? outerModel(context),
    messages: questionMessages(analystInstructions, `${fenced('question', [{ text: prompt }])}\n\n${answers}`),
    parameters: { ...samplingParameters(parameters), maxTokens: parameters.max_completion_tokens ?? usualTokens },
  }
  const answer = await askModel(context, request, 'openrouter:fusion', asking, signal)
  return answer.type === 'answered' ? answer.text : null
}

const analystInstructions =
  'Several models answered the same question. Compare their answers: what they agree on, where they contradict one another and who is right, what only one of them saw, and what all of them missed. Do not answer the question yourself.'

/** Absent tools mean what the gateway can search and read with; an empty list means none. A panel does not ask a panel. */
function panelTools({ tools }: Parameters, { web }: FeatureContext): readonly ServerToolRequest[] {
  if (tools) return nestedTools(tools).filter(({ name }) => name !== 'openrouter:fusion')
  const usual = web.configured.length > 0 ? ['openrouter:web_search', 'openrouter:web_fetch'] : []
  return usual.map((name) => ({ type: 'server', name, parameters: {} }))
}

const cacheControl = ({ cache_control: control }: Parameters) =>
  control ? { type: 'ephemeral' as const, ...(control.ttl && { ttl: control.ttl }) } : undefined

type FailureReason =
  | 'all_panels_failed'
  | 'insufficient_credits'
  | 'rate_limited'
  | 'fusion_invocation_capped'
  | 'unexpected_error'

function reasonOf(failures: readonly Extract<NestedAnswer, { type: 'failed' }>[]): FailureReason {
  if (failures.some(({ kind }) => kind === 'payment_required' || kind === 'permission_denied')) {
    return 'insufficient_credits'
  }
  return failures.every(({ kind }) => kind === 'rate_limit_exceeded') ? 'rate_limited' : 'all_panels_failed'
}

const failed = (failureReason: FailureReason, error: string): ToolOutcome => ({
  status: 'failed',
  result: { status: 'error', failure_reason: failureReason, error },
})
