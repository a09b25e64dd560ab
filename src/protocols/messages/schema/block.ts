import { Type, type Static } from 'typebox'
import { CacheControlSchema } from '../../../canonical/settings/cache-control.ts'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'

const marked = { cache_control: nullish(CacheControlSchema) }

export const TextBlockSchema = Type.Object(
  { type: Type.Literal('text'), text: Type.String(), citations: nullish(Type.Array(OpenObject)), ...marked },
  { title: 'TextBlock' },
)

const Base64 = Type.Object(
  { type: Type.Literal('base64'), media_type: Type.String(), data: Type.String({ minLength: 1 }) },
  { title: 'Base64Source' },
)
const Url = Type.Object(
  {
    type: Type.Literal('url'),
    // Anchored and bounded, as in chat.
    url: Type.String({ pattern: '^[hH][tT][tT][pP][sS]?://', 'x-expects': 'an http(s) address' }),
  },
  { title: 'UrlSource' },
)
const File = Type.Object(
  { type: Type.Literal('file'), file_id: Type.String({ description: 'A file uploaded before.' }) },
  { title: 'FileSource' },
)

const ImageBlockSchema = Type.Object(
  { type: Type.Literal('image'), source: Type.Union([Base64, Url, File]), ...marked },
  { title: 'ImageBlock' },
)

const DocumentBlockSchema = Type.Object(
  {
    type: Type.Literal('document'),
    source: Type.Union([
      Base64,
      Url,
      File,
      Type.Object({ type: Type.Literal('text'), media_type: nullish(Type.String()), data: Type.String() }),
      Type.Object({
        type: Type.Literal('content'),
        content: Type.Union([Type.String(), Type.Array(Type.Union([TextBlockSchema, ImageBlockSchema]))]),
      }),
    ]),
    title: nullish(Type.String()),
    context: nullish(Type.String()),
    citations: nullish(Type.Object({ enabled: nullish(Type.Boolean()) })),
    ...marked,
  },
  { title: 'DocumentBlock' },
)

const SearchResultBlockSchema = Type.Object(
  {
    type: Type.Literal('search_result'),
    source: Type.String(),
    title: Type.String(),
    content: Type.Array(TextBlockSchema),
    citations: nullish(Type.Object({ enabled: nullish(Type.Boolean()) })),
    ...marked,
  },
  { title: 'SearchResultBlock' },
)

/** A block of a type that is not described here: only Anthropic's own models have a use for it. Its type stands for all of them. */
export interface OtherBlock {
  readonly type: `_${string}`
  readonly [field: string]: unknown
}

const otherBlock = (title: string, ...described: readonly string[]) =>
  Type.Unsafe<OtherBlock>(
    Type.Object(
      {
        type: Type.String({
          pattern: `^(?!(?:${described.join('|')})$)`,
          maxLength: 128,
          'x-expects': 'the type of another block, of at most 128 characters',
        }),
      },
      { title, description: 'Any other block of the Messages API.' },
    ),
  )

const inputBlocks = [TextBlockSchema, ImageBlockSchema, DocumentBlockSchema, SearchResultBlockSchema] as const
const inputTypes = ['text', 'image', 'document', 'search_result']

const ToolResultBlockSchema = Type.Object(
  {
    type: Type.Literal('tool_result'),
    tool_use_id: Type.String({ minLength: 1 }),
    content: nullish(
      Type.Union([
        Type.String(),
        Type.Array(Type.Union([...inputBlocks, otherBlock('OtherResultBlock', ...inputTypes)])),
      ]),
    ),
    is_error: nullish(Type.Boolean()),
    ...marked,
  },
  { title: 'ToolResultBlock', description: 'What a tool returned.' },
)

export const UserBlockSchema = Type.Union([
  ...inputBlocks,
  ToolResultBlockSchema,
  otherBlock('OtherUserBlock', ...inputTypes, 'tool_result'),
])

export const AssistantBlockSchema = Type.Union([
  TextBlockSchema,
  Type.Object(
    { type: Type.Literal('thinking'), thinking: Type.String(), signature: Type.String() },
    { title: 'ThinkingBlock', description: 'A thought, with the signature as it came.' },
  ),
  Type.Object({ type: Type.Literal('redacted_thinking'), data: Type.String() }, { title: 'RedactedThinkingBlock' }),
  Type.Object(
    {
      type: Type.Literal('tool_use'),
      id: Type.String({ minLength: 1 }),
      name: Type.String({ minLength: 1 }),
      input: Type.Unknown(),
      ...marked,
    },
    { title: 'ToolUseBlock', description: 'The model’s wish to have a tool run.' },
  ),
  otherBlock('OtherAssistantBlock', 'text', 'thinking', 'redacted_thinking', 'tool_use'),
])

export type InputBlock = Static<(typeof inputBlocks)[number]> | OtherBlock
export type UserBlock = Static<typeof UserBlockSchema>
export type ToolResultBlock = Static<typeof ToolResultBlockSchema>
export type AssistantBlock = Static<typeof AssistantBlockSchema>
