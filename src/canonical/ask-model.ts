import type { ErrorKind } from './errors.ts'
import type { FeatureContext } from './feature-context.ts'
import { ResultFold } from './fold-result.ts'
import type { ChatRequest, GenerationRequest, ImagesInput, Parameters } from './generation-request.ts'
import type { GenerationResult } from './generation-result.ts'
import type { Message } from './message.ts'
import { modalitiesOf } from './modalities.ts'

/** A question to a nested model. */
export type Question = ChatQuestion | ImagesQuestion

interface ChatQuestion {
  readonly model: string
  readonly messages: readonly Message[]
  readonly parameters?: Parameters
  /** The most calls of server tools. */
  readonly maxToolCalls?: number
}

/** A question to a model that makes images, and is not asked in a chat. */
interface ImagesQuestion {
  readonly model: string
  readonly input: ImagesInput
  /** What else the client wishes, in the words of `POST /images`, for a vendor that has a word of its own. */
  readonly body: Readonly<Record<string, unknown>>
}

/** The answer of a nested model, or the reason why there is none. Images are addresses or data URLs. */
export type NestedAnswer =
  | { readonly type: 'answered'; readonly model: string; readonly text: string; readonly images: readonly string[] }
  | { readonly type: 'failed'; readonly model: string; readonly error: string; readonly kind: ErrorKind }

/**
 * Asks a model, and waits for the whole answer. The call is part of this generation: its deadline, budget and record hold for it. The
 * routing preferences of the outer request about data (`data_collection`, `zdr` and the like) hold too, since the nested model may see the
 * conversation, and its answer becomes a part of the outer one.
 * @param outer The request whose tool asks.
 * @param tool The tool that asks.
 * @param signal Ends the call. What the model produced until then is billed.
 */
export async function askModel(
  { ask }: FeatureContext,
  outer: ChatRequest,
  tool: string,
  question: Question,
  signal: AbortSignal,
): Promise<NestedAnswer> {
  const { model } = question
  const fold = new ResultFold()
  for await (const batch of ask(nestedRequest(outer, question), tool, signal)) fold.add(batch)
  if (fold.error !== undefined) return { type: 'failed', model, error: fold.error.message, kind: fold.error.kind }
  const result = fold.result()
  return { type: 'answered', model: result.model, text: textIn(result), images: imagesIn(result) }
}

/** Tells whether an endpoint is offered that `askModel` may send the question to. */
export const isAnswerable = ({ canAsk }: FeatureContext, outer: ChatRequest, question: Question): boolean =>
  canAsk(nestedRequest(outer, question))

function nestedRequest(outer: ChatRequest, question: Question): GenerationRequest {
  const { dataCollection, zdr, enforceDistillableText, only, ignore, maxPrice } = outer.routing
  const source = { protocol: 'nested', body: {}, messages: [], parameters: {}, bytes: null }
  const common = {
    models: [question.model],
    routing: { dataCollection, zdr, enforceDistillableText, only, ignore, maxPrice },
    context: { ...outer.context, routerMetadata: false, echoUpstreamBody: false },
  }
  if ('input' in question) {
    return {
      ...common,
      operation: 'images',
      // A stream would be silent until the image is there, for longer than other streams, and be taken for an outage.
      stream: false,
      input: question.input,
      parameters: {},
      source: { ...source, protocol: 'images', body: question.body },
    }
  }
  const { messages, parameters = {}, maxToolCalls } = question
  return {
    ...common,
    operation: 'chat',
    stream: true,
    input: { type: 'messages', messages, modalities: modalitiesOf(messages) },
    parameters,
    ...(maxToolCalls !== undefined && { toolLoop: { maxCalls: maxToolCalls } }),
    source,
  }
}

const partsOf = ({ choices }: GenerationResult) => choices.find(({ index }) => index === 0)?.parts ?? []

const textIn = (result: GenerationResult): string =>
  partsOf(result)
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('')

/** Returns the images of a chat and those of `images`. */
const imagesIn = (result: GenerationResult): readonly string[] => [
  ...partsOf(result).flatMap((part) => (part.type === 'image' ? [part.url] : [])),
  ...result.items.flatMap((item) =>
    item.type === 'generated-image' ? [`data:${item.mediaType ?? 'image/png'};base64,${item.data}`] : [],
  ),
]

/** Returns the model that serves the outer request: that of the turn that called the tool, or the first that it names. */
export const outerModel = ({ generation, choices }: FeatureContext): string =>
  generation.turns.at(-1)?.endpoint?.model ?? choices[0]?.slug ?? ''

/** Makes the messages of a question: instructions where there are some, then the question. */
export const questionMessages = (instructions: string | null | undefined, question: string): readonly Message[] => [
  ...(instructions ? [{ role: 'system', content: [{ type: 'text', text: instructions }] } as const] : []),
  { role: 'user', content: [{ type: 'text', text: question }] },
]
