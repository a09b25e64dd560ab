import { GatewayError } from '../../canonical/errors.ts'
import type { FeatureContext } from '../../canonical/feature-context.ts'
import type { Flag } from '../../canonical/moderation.ts'
import { EngineFailure } from '../../canonical/web-engines.ts'
import { definePlugin } from '../plugin.ts'
import { builtInRules } from './built-in-rules.ts'
import { inputTexts } from './input-texts.ts'
import { RuleSet } from './rule-set.ts'

/** The longest that the moderation endpoint may take, in milliseconds. */
const longestMs = 10_000
/** The most characters of `flagged_input` (contract §5.3). */
const mostShown = 100

const builtIn = new RuleSet(builtInRules)
/** The operator's rules are read once. */
const ruleSets = new WeakMap<object, RuleSet>()

export default definePlugin({
  id: 'moderation',
  order: 10,
  title: 'ModerationPlugin',
  description: 'Refuses input that rules or a moderation endpoint flag.',
  settings: {},
  start: () => ({
    async onRequest(request, context) {
      const texts = inputTexts(request)
      if (texts.length === 0) return request
      const flags = flaggedByRules(texts, context)
      const all = flags.length > 0 ? flags : await flaggedByEndpoint(texts, context)
      const [first] = all
      if (first !== undefined)
        throw refused([...new Set(all.map(({ category }) => category))], texts[first.index] ?? '', context)
      return request
    },
  }),
})

function flaggedByRules(texts: readonly string[], { moderation }: FeatureContext): readonly Flag[] {
  const { rules } = moderation
  const own = ruleSets.get(rules) ?? new RuleSet(rules)
  ruleSets.set(rules, own)
  return [...(moderation.builtInRules ? builtIn.find(texts) : []), ...own.find(texts)]
}

async function flaggedByEndpoint(
  texts: readonly string[],
  { moderation: { endpoint, onError }, generation }: FeatureContext,
): Promise<readonly Flag[]> {
  if (endpoint === null) return []
  try {
    return await endpoint.judge(texts, { signal: generation.signal, timeoutMs: longestMs })
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error
    if (onError === 'block') {
      const message = `The input could not be moderated, and requests are refused then. ${error.message}`
      throw new GatewayError('provider_overloaded', message, { raw: error.said })
    }
    generation.pipeline.push({
      type: 'guardrail',
      name: 'moderation',
      summary: 'The input could not be moderated, and was let through.',
      data: { reason: error.reason },
    })
    return []
  }
}

function refused(reasons: readonly string[], text: string, { choices, generation }: FeatureContext): GatewayError {
  const [model] = choices
  generation.pipeline.push({
    type: 'guardrail',
    name: 'moderation',
    summary: 'The input was flagged.',
    data: { reasons },
  })
  return new GatewayError('permission_denied', `The input was flagged by moderation: ${reasons.join(', ')}.`, {
    moderation: {
      reasons,
      flaggedInput: withoutMiddle(text),
      providerName: model?.endpoints[0]?.providerName ?? '',
      modelSlug: model?.slug ?? '',
    },
  })
}

/** Puts `...` in place of the middle of a long text. */
function withoutMiddle(text: string): string {
  if (text.length <= mostShown) return text
  const half = Math.floor((mostShown - '...'.length) / 2)
  return `${text.slice(0, half)}...${text.slice(-half)}`.toWellFormed()
}
