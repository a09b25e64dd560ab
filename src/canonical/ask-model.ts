import type { ErrorKind } from './errors.ts'
import type { FeatureContext } from './feature-context.ts'
import { ResultFold } from './fold-result.ts'
import type { ChatRequest, Parameters } from './generation-request.ts'
import type { Message } from './message.ts'
import { modalitiesOf } from './modalities.ts'

/** A question to a nested model. */
export interface Question {
  readonly model: string
  readonly messages: readonly Message[]
  readonly parameters?: Parameters
  /** The most calls of server tools. */
  readonly maxToolCalls?: number
}

/** The answer of a nested model, or the reason why there is none. */
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
  { model, messages, parameters = {}, maxToolCalls }: Question,
  signal: AbortSignal,
): Promise<NestedAnswer> {
  const { dataCollection, zdr, enforceDistillableText, only, ignore, maxPrice } = outer.routing
  const request: ChatRequest = {
    operation: 'chat',
    models: [model],
    stream: true,
    input: { type: 'messages', messages, modalities: modalitiesOf(messages) },
    parameters,
    routing: { dataCollection, zdr, enforceDistillableText, only, ignore, maxPrice },
    ...(maxToolCalls !== undefined && { toolLoop: { maxCalls: maxToolCalls } }),
    context: { ...outer.context, routerMetadata: false, echoUpstreamBody: false },
    source: { protocol: 'nested', body: {}, messages: [], parameters: {}, bytes: null },
  }
  const fold = new ResultFold()
  for await (const batch of ask(request, tool, signal)) fold.add(batch)
  if (fold.error !== undefined) return { type: 'failed', model, error: fold.error.message, kind: fold.error.kind }
  const result = fold.result()
  const parts = result.choices.find(({ index }) => index === 0)?.parts ?? []
  return {
    type: 'answered',
    model: result.model,
    text: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(''),
    images: parts.flatMap((part) => (part.type === 'image' ? [part.url] : [])),
  }
}

/** Returns the model that serves the outer request: that of the turn that called the tool, or the first that it names. */
export const outerModel = ({ generation, choices }: FeatureContext): string =>
  generation.turns.at(-1)?.endpoint?.model ?? choices[0]?.slug ?? ''

/** Makes the messages of a question: instructions where there are some, then the question. */
export const questionMessages = (instructions: string | null | undefined, question: string): readonly Message[] => [
  ...(instructions ? [{ role: 'system', content: [{ type: 'text', text: instructions }] } as const] : []),
  { role: 'user', content: [{ type: 'text', text: question }] },
]
