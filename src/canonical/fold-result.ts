import type { Annotation } from './annotation.ts'
import type { GatewayError } from './errors.ts'
import type { ChoiceEvent, FinishReason, GenerationBatch, GenerationEvent, TokenLogprob } from './generation-event.ts'
import type { AudioOutput, Choice, GenerationResult } from './generation-result.ts'
import type { ReasoningDetail } from './reasoning.ts'
import type { RouterMetadata } from './router-metadata.ts'
import type { Cost, Usage } from './usage.ts'
import { append } from '../util/append.ts'

/** A whole answer is the fold of its events (principle 3). */
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

  add(batch: GenerationBatch): void {
    for (const event of batch) this.#addEvent(event)
  }

  #addEvent(event: GenerationEvent): void {
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
      case 'upstream-request':
      case 'alive':
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
    }
  }
}

class ChoiceFold {
  readonly index: number
  readonly #reasoning: ReasoningDetail[] = []
  readonly #toolCalls: { id: string; name: string; arguments: string }[] = []
  readonly #annotations: Annotation[] = []
  readonly #images: string[] = []
  #text: string | null = null
  #refusal: string | null = null
  #audio: AudioOutput | undefined
  #logprobs: TokenLogprob[] | null = null
  #refusalLogprobs: TokenLogprob[] | null = null
  #finish: FinishReason | null = null
  #native: string | null = null

  constructor(index: number) {
    this.index = index
  }

  add(event: ChoiceEvent): void {
    switch (event.type) {
      case 'text-delta':
        this.#text = (this.#text ?? '') + event.text
        if (event.logprobs !== undefined) append((this.#logprobs ??= []), event.logprobs)
        break
      case 'reasoning-delta':
        this.#addReasoning(event.detail)
        break
      case 'refusal-delta':
        this.#refusal = (this.#refusal ?? '') + event.text
        if (event.logprobs !== undefined) append((this.#refusalLogprobs ??= []), event.logprobs)
        break
      case 'tool-call-start':
        this.#toolCalls[event.index] = { id: event.id, name: event.name, arguments: '' }
        break
      case 'tool-call-delta': {
        const call = this.#toolCalls[event.index]
        if (call !== undefined) call.arguments += event.arguments
        break
      }
      case 'annotation':
        this.#annotations.push(event.annotation)
        break
      case 'image':
        this.#images.push(event.url)
        break
      case 'audio-delta':
        this.#audio = {
          id: event.id ?? this.#audio?.id,
          data: (this.#audio?.data ?? '') + (event.data ?? ''),
          transcript: (this.#audio?.transcript ?? '') + (event.transcript ?? ''),
          expiresAt: event.expiresAt ?? this.#audio?.expiresAt,
        }
        break
      case 'finish':
        this.#finish = event.reason
        this.#native = event.native
    }
  }

  /** Consecutive text pieces of one thought join; its signature may come last, on a piece without text (contract §4.3). */
  #addReasoning(detail: ReasoningDetail): void {
    const last = this.#reasoning.at(-1)
    const joins = detail.type === 'text' && last?.type === 'text' && !last.signature && last.index === detail.index
    if (!joins) {
      this.#reasoning.push(detail)
      return
    }
    this.#reasoning[this.#reasoning.length - 1] = {
      ...last,
      text: (last.text ?? '') + (detail.text ?? ''),
      signature: detail.signature ?? last.signature,
    }
  }

  result(): Choice {
    return {
      index: this.index,
      text: this.#text,
      reasoning: this.#reasoning,
      refusal: this.#refusal,
      toolCalls: this.#toolCalls,
      annotations: this.#annotations,
      images: this.#images,
      audio: this.#audio,
      logprobs: this.#logprobs,
      refusalLogprobs: this.#refusalLogprobs,
      finishReason: this.#finish,
      nativeFinishReason: this.#native,
    }
  }
}
