import { Type, type Static } from 'typebox'
import { nullish } from '../../schema/nullish.ts'
import { fusionPanel } from './server-tool.ts'
import { OpenObject } from '../../schema/open-object.ts'
import { Domains, MaxSearchResults, UserLocationSchema, WebSearchMode, XSearchSchema } from './web-search.ts'

/** False switches off what the account has on by default, for this request. */
const enabled = nullish(Type.Boolean())
const Positive = Type.Integer({ minimum: 1 })

const ModelPatterns = Type.Array(Type.String({ maxLength: 1024 }), {
  maxItems: 1024,
  description: 'Model slugs; `*` stands for anything.',
})

const autoRouter = {
  enabled,
  allowed_models: nullish(ModelPatterns),
  excluded_models: nullish(ModelPatterns),
  cost_tier: nullish(Type.Enum(['low', 'medium', 'high', 'xhigh', 'max'])),
  cost_quality_tradeoff: nullish(
    Type.Integer({ minimum: 0, maximum: 10, deprecated: true, description: '`cost_tier` wins over it.' }),
  ),
}

/** One entry of `plugins`. Settings that a plugin does not know are ignored. Source: contract §1.3. */
export const PluginSchema = Type.Union(
  [
    Type.Object(
      {
        id: Type.Literal('web'),
        enabled,
        engine: nullish(Type.Enum(['native', 'exa', 'firecrawl', 'parallel', 'perplexity'])),
        mode: nullish(WebSearchMode),
        max_results: nullish(MaxSearchResults),
        max_uses: nullish(Positive),
        search_prompt: nullish(Type.String()),
        include_domains: nullish(Domains),
        exclude_domains: nullish(Domains),
        user_location: nullish(UserLocationSchema),
        x_search: nullish(XSearchSchema),
      },
      { title: 'WebPlugin', description: 'Searches the web before the model answers.' },
    ),
    Type.Object(
      {
        id: Type.Literal('web-fetch'),
        enabled,
        max_uses: nullish(Positive),
        max_content_tokens: nullish(Positive),
        allowed_domains: nullish(Domains),
        blocked_domains: nullish(Domains),
      },
      { title: 'WebFetchPlugin', description: 'Lets the model read addresses.' },
    ),
    Type.Object(
      {
        id: Type.Literal('file-parser'),
        enabled,
        max_files: nullish(Positive),
        pdf: nullish(
          Type.Object({ engine: nullish(Type.Enum(['mistral-ocr', 'cloudflare-ai', 'native', 'pdf-text'])) }),
        ),
      },
      { title: 'FileParserPlugin', description: 'Turns attached documents into text.' },
    ),
    Type.Object(
      { id: Type.Literal('response-healing'), enabled },
      { title: 'ResponseHealingPlugin', description: 'Repairs JSON that the model wrote badly.' },
    ),
    Type.Object(
      {
        id: Type.Literal('context-compression'),
        enabled,
        engine: nullish(Type.Literal('middle-out')),
      },
      { title: 'ContextCompressionPlugin', description: 'Shortens a conversation that exceeds the context window.' },
    ),
    Type.Object(
      { id: Type.Literal('moderation'), enabled },
      { title: 'ModerationPlugin', description: 'Refuses what the moderation model flags.' },
    ),
    Type.Object(
      { id: Type.Literal('auto-router'), ...autoRouter, pin_model: nullish(Type.Boolean()) },
      { title: 'AutoRouterPlugin', description: 'Settings of the model `openrouter/auto`.' },
    ),
    Type.Object(
      { id: Type.Literal('auto-beta-router'), ...autoRouter },
      { title: 'AutoBetaRouterPlugin', description: 'Settings of the model `openrouter/auto-beta`.' },
    ),
    Type.Object(
      {
        id: Type.Literal('pareto-router'),
        enabled,
        min_coding_score: nullish(Type.Number({ minimum: 0, maximum: 1 })),
        max_price: nullish(Type.Number({ minimum: 0, description: 'USD per million tokens.' })),
        price_source: nullish(Type.Enum(['prompt', 'weighted_avg'])),
      },
      { title: 'ParetoRouterPlugin', description: 'Settings of the model `openrouter/pareto-code`.' },
    ),
    Type.Object(
      {
        id: Type.Literal('fusion'),
        enabled,
        preset: nullish(Type.Enum(['general-high', 'general-budget', 'general-fast'])),
        ...fusionPanel,
      },
      {
        title: 'FusionPlugin',
        description:
          'Settings of the model `openrouter/fusion` and the tool `openrouter:fusion`, which ask several models.',
      },
    ),
    Type.Object(
      {
        id: Type.Literal('jev-router'),
        enabled,
        models: nullish(ModelPatterns),
        allowed_models: nullish(ModelPatterns),
        excluded_models: nullish(ModelPatterns),
        cost_tier: nullish(Type.String()),
      },
      { title: 'JevRouterPlugin', description: 'Settings of a Jev router model.' },
    ),
    Type.Object(
      {
        id: Type.Literal('switchyard-router'),
        enabled,
        algorithm: nullish(Type.Enum(['capability', 'stage', 'auto', 'random', 'composite', 'passthrough'])),
        judge_model: nullish(Type.String()),
      },
      { title: 'SwitchyardRouterPlugin', description: 'Settings of a Switchyard router model.' },
    ),
    Type.Object(
      {
        id: Type.Literal('alignment'),
        enabled,
        rules: nullish(
          Type.Array(
            Type.Object({
              rule: Type.String(),
              watch: nullish(Type.Array(Type.Enum(['content', 'tool_calls', 'refusal', 'images', 'audio']))),
            }),
          ),
        ),
        mode: nullish(Type.Enum(['enforce', 'audit'])),
        threshold: nullish(Type.Number({ minimum: 0.01, maximum: 1 })),
        instruct: nullish(Type.Boolean()),
        max_retries: nullish(Type.Integer({ minimum: 0 })),
      },
      { title: 'AlignmentPlugin', description: 'Judges every answer by rules.' },
    ),
    Type.Object(
      {
        id: Type.Literal('armor'),
        enabled,
        mode: nullish(Type.Enum(['enforce', 'audit'])),
        on_error: nullish(Type.Enum(['block', 'log'])),
        output_mode: nullish(Type.Enum(['text', 'custom_item', 'claude_code_compatibility'])),
        evaluate_native_tools: nullish(Type.Boolean()),
        use_cc_style_default_rules: nullish(Type.Boolean()),
        classifier_context: nullish(OpenObject),
      },
      { title: 'ArmorPlugin', description: 'Judges every tool call before the caller gets it.' },
    ),
  ],
  { title: 'Plugin', description: 'Settings of a plugin, which runs once on the request or the reply.' },
)

export type Plugin = Static<typeof PluginSchema>
