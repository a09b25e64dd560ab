import type { VendorItem } from './content-part.ts'
import type { GatewayError } from './errors.ts'
import type { ChoiceEvent, FinishReason, CallEvent, GenerationEvent, TokenLogprob } from './generation-event.ts'
import type { AudioOutput, Choice, GenerationResult, Part } from './generation-result.ts'
import type { Item } from './item.ts'
import type { ReasoningDetail } from './reasoning.ts'
import type { RouterMetadata } from './router-metadata.ts'
import type { Cost, Usage } from './usage.ts'
import { append } from '../util/append.ts'

/** The fold of a generation's events into a whole answer (principle 3). */
export class ResultFold {
  readonly #choices = new Map<number, ChoiceFold>()
  #provider = ''
  #model = ''
  #systemFingerprint: string | null = null
  #serviceTier: string | null = null
  #usage: Usage = {}
  #cost: Cost | undefined
  #metadata: RouterMetadata | undefined
  #error: GatewayError | undefined
  readonly #vendorFields: VendorItem[] = []
  readonly #items: Item[] = []
  #committed = false

  /** Whether an endpoint answered. If not, `error` is all there is. */
  get committed(): boolean {
    return this.#committed
  }

  get error(): GatewayError | undefined {
    return this.#error
  }

  get metadata(): RouterMetadata | undefined {
    return this.#metadata
  }

  add(batch: readonly (CallEvent | GenerationEvent)[]): void {
    for (const event of batch) this.#addEvent(event)
  }

  #addEvent(event: CallEvent | GenerationEvent): void {
    switch (event.type) {
      case 'committed':
        this.#committed = true
        this.#provider = event.provider
        this.#model = event.model
        this.#serviceTier ??= event.serviceTier ?? null
        break
      case 'start':
        this.#systemFingerprint = event.systemFingerprint ?? null
        break
      case 'usage':
        this.#usage = event.usage
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        break
      case 'end':
        this.#usage = event.usage
        this.#cost = event.cost
        this.#metadata = event.metadata
        break
      case 'error':
        this.#error = event.error
        this.#metadata = event.metadata
        break
      case 'vendor-fields':
        this.#vendorFields.push(event.item)
        break
      case 'upstream-request':
      case 'alive':
      case 'call-end':
        break
      case 'item':
        this.#items.push(event.item)
        break
      default:
        this.#choice(event.choice).add(event)
    }
  }

  #choice(index: number): ChoiceFold {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = new ChoiceFold(index)
      this.#choices.set(index, choice)
    }
    return choice
  }

  result(): GenerationResult {
    return {
      provider: this.#provider,
      model: this.#model,
      systemFingerprint: this.#systemFingerprint,
      serviceTier: this.#serviceTier,
      choices: [...this.#choices.values()].sort((a, b) => a.index - b.index).map((choice) => choice.result()),
      usage: this.#usage,
      cost: this.#cost,
      metadata: this.#metadata,
      error: this.#error,
      vendorFields: this.#vendorFields,
      items: inOrder(this.#items),
    }
  }
}

/** Puts vectors and images in the order of the request: calls that run side by side may answer in any. All other items keep their order. */
const inOrder = (items: readonly Item[]): readonly Item[] =>
  items.length < 2 ? items : items.toSorted((one, other) => placeOf(one) - placeOf(other))

const placeOf = (item: Item): number => (item.type === 'embedding' || item.type === 'generated-image' ? item.index : 0)

/** A part that is not complete yet. */
type OpenPart =
  | { readonly type: 'text' | 'refusal'; text: string; logprobs: TokenLogprob[] | null; original?: VendorItem }
  | { readonly type: 'reasoning'; detail: ReasoningDetail }
  | {
      readonly type: 'tool-call'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly original?: VendorItem
      arguments: string
    }
  | { readonly type: 'audio'; audio: AudioOutput }

class ChoiceFold {
  readonly index: number
  readonly #parts: Part[] = []
  readonly #toolCalls = new Map<number, Extract<OpenPart, { type: 'tool-call' }>>()
  /** The places of the calls of server tools among the parts, by id. */
  readonly #serverTools = new Map<string, number>()
  /** The part to which the next piece of the same type is added. Annotations and images do not end it. */
  #open: OpenPart | null = null
  #finish: FinishReason | null = null
  #native: string | null = null
  #stopSequence: string | null = null

  constructor(index: number) {
    this.index = index
  }

  add(event: ChoiceEvent): void {
    switch (event.type) {
      case 'text-delta':
        return this.#addText('text', event)
      case 'refusal-delta':
        return this.#addText('refusal', event)
      case 'reasoning-delta':
        return this.#addReasoning(event.detail)
      case 'tool-call-start': {
        const { index, id, name, original } = event
        const call = { type: 'tool-call', index, id, name, ...(original && { original }), arguments: '' } as const
        this.#toolCalls.set(index, this.#begin(call))
        return
      }
      case 'tool-call-delta': {
        const call = this.#toolCalls.get(event.index)
        if (call !== undefined) call.arguments += event.arguments
        return
      }
      case 'server-tool-call': {
        const { type: _, choice: __, ...call } = event
        this.#serverTools.set(
          call.id,
          this.#parts.push({ type: 'server-tool', ...call, status: null, result: null }) - 1,
        )
        this.#open = null
        return
      }
      case 'server-tool-result': {
        const index = this.#serverTools.get(event.id) ?? -1
        const call = this.#parts[index]
        if (call?.type !== 'server-tool') return
        this.#parts[index] = { ...call, status: event.status, result: event.result }
        return
      }
      case 'annotation':
        this.#parts.push({ type: 'annotation', annotation: event.annotation })
        return
      case 'image':
        this.#parts.push({ type: 'image', url: event.url })
        return
      case 'vendor-item':
        this.#parts.push({ type: 'vendor-item', item: event.item })
        this.#open = null
        return
      case 'audio-delta':
        return this.#addAudio(event)
      case 'part-end':
        if (this.#open?.type === 'text' && event.original !== undefined) this.#open.original = event.original
        this.#open = null
        return
      case 'finish':
        this.#finish = event.reason
        this.#native = event.native
        this.#stopSequence = event.stopSequence ?? null
    }
  }

  #begin<Open extends OpenPart>(part: Open): Open {
    this.#parts.push(part)
    this.#open = part
    return part
  }

  #addText(
    type: 'text' | 'refusal',
    { text, logprobs }: Extract<ChoiceEvent, { type: 'text-delta' | 'refusal-delta' }>,
  ) {
    const open = this.#open?.type === type ? this.#open : this.#begin<OpenPart>({ type, text: '', logprobs: null })
    if (open.type !== 'text' && open.type !== 'refusal') return
    open.text += text
    if (logprobs !== undefined) append((open.logprobs ??= []), logprobs)
  }

  /** Adds a piece of reasoning. Consecutive texts of one thought are joined; the signature may come last, without text (contract §4.3). */
  #addReasoning(detail: ReasoningDetail): void {
    const open = this.#open?.type === 'reasoning' ? this.#open : null
    const last = open?.detail
    const joins = detail.type === 'text' && last?.type === 'text' && !last.signature && last.index === detail.index
    if (open === null || !joins) {
      this.#begin({ type: 'reasoning', detail })
      return
    }
    open.detail = {
      ...last,
      text: (last.text ?? '') + (detail.text ?? ''),
      signature: detail.signature ?? last.signature,
    }
  }

  #addAudio(event: Extract<ChoiceEvent, { type: 'audio-delta' }>): void {
    const open = this.#open?.type === 'audio' ? this.#open : null
    const last = open?.audio
    const audio = {
      id: event.id ?? last?.id,
      data: (last?.data ?? '') + (event.data ?? ''),
      transcript: (last?.transcript ?? '') + (event.transcript ?? ''),
      expiresAt: event.expiresAt ?? last?.expiresAt,
    }
    if (open === null) this.#begin({ type: 'audio', audio })
    else open.audio = audio
  }

  result(): Choice {
    return {
      index: this.index,
      parts: this.#parts,
      finishReason: this.#finish,
      nativeFinishReason: this.#native,
      stopSequence: this.#stopSequence,
    }
  }
}
