import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { address, apiKey, section } from './object.ts'

const category = Type.String({ minLength: 1, maxLength: 100 })

export const moderation = section(
  {
    base_url: Type.Optional(
      Type.String({
        ...address,
        description: `The address before \`/moderations\`. It may be private. Default with an \`api_key\`: \`${defaults.moderation.base_url}\`.`,
      }),
    ),
    api_key: Type.Optional(Type.String({ ...apiKey, description: 'The API key. Your own server may need none.' })),
    model: Type.Optional(
      Type.String({ minLength: 1, default: defaults.moderation.model, description: 'The model that judges.' }),
    ),
    block: Type.Optional(
      Type.Array(category, {
        minItems: 1,
        description: 'The categories of the endpoint that are blocked. Default: whatever it flags.',
      }),
    ),
    on_error: Type.Optional(
      Type.Enum(['allow', 'block'], {
        default: defaults.moderation.on_error,
        description:
          'What happens to a request when the moderation endpoint fails. `allow` lets it continue. `block` answers it with 503.',
      }),
    ),
    built_in_rules: Type.Optional(
      Type.Boolean({
        default: defaults.moderation.built_in_rules,
        description: 'Whether the small set of rules that comes with the gateway applies.',
      }),
    ),
    rules: Type.Optional(
      Type.Array(
        section(
          {
            category,
            terms: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 10_000 }),
          },
          { description: 'A category and its terms.' },
        ),
        {
          maxItems: 1_000,
          description:
            'Your own rules. A term is a word or a phrase; `*` at the end of a word stands for any ending, and alone for up to three words. See docs/plugins.md.',
        },
      ),
    ),
  },
  {
    description:
      'What the plugin `moderation` flags. It runs where a request or an account switches it on. With `base_url` or `api_key`, a service in OpenAI’s form judges too.',
  },
)
