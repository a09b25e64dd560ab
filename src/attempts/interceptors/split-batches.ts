import { type CallStream, goesOn } from '../../canonical/generation-event.ts'
import type { EmbeddingsRequest, GenerationRequest, ImagesRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { CallEndpoint } from '../../health/candidate.ts'
import { fanOut } from './fan-out.ts'

/** The calls of one batch that run at the same time. */
const mostAtOnce = 4

/**
 * Wraps a call so that a batch of inputs which is larger than an upstream takes, or more images than it makes at once, become several calls.
 * They count as one attempt: nothing is passed on before all of them have answered, and where one fails the whole batch goes to the next
 * endpoint, so that all vectors of a reply come from the same one.
 */
export const splitBatches =
  (call: CallEndpoint): CallEndpoint =>
  (candidate, request, signal, patience, onSent) => {
    const parts = partsOf(request, candidate.endpoint)
    if (parts === null) return call(candidate, request, signal, patience, onSent)
    const places = new Places(mostAtOnce)
    return fanOut(
      (together) =>
        parts.map(({ part, from }) =>
          places.whenFree(together, () => shifted(call(candidate, part, together, patience, onSent), from)),
        ),
      signal,
    )
  }

interface BatchPart {
  readonly part: GenerationRequest
  /** The index of its first item in the whole batch. */
  readonly from: number
}

/** Returns the parts of a request; null where one call does. */
function partsOf(
  request: GenerationRequest,
  { maxInputs = Infinity, mostImages = Infinity }: Endpoint,
): readonly BatchPart[] | null {
  switch (request.operation) {
    case 'embeddings':
      return request.input.inputs.length <= maxInputs ? null : partsOfInputs(request, maxInputs)
    case 'images': {
      const { n = 1 } = request.input
      return n <= mostImages ? null : partsOfImages(request, n, mostImages)
    }
    default:
      return null
  }
}

function partsOfInputs(request: EmbeddingsRequest, size: number): readonly BatchPart[] {
  const { inputs } = request.input
  const wire = request.source.body['input']
  return Array.from({ length: Math.ceil(inputs.length / size) }, (_, number) => {
    const from = number * size
    const body = { ...request.source.body, input: Array.isArray(wire) ? wire.slice(from, from + size) : wire }
    return {
      from,
      part: {
        ...request,
        input: { ...request.input, inputs: inputs.slice(from, from + size) },
        source: { ...request.source, body },
      },
    }
  })
}

/** Each call gets a seed of its own: with the same seed all of them would make the same images. */
function partsOfImages(request: ImagesRequest, n: number, size: number): readonly BatchPart[] {
  const { input } = request
  return Array.from({ length: Math.ceil(n / size) }, (_, number) => {
    const from = number * size
    const seed = input.seed === undefined ? undefined : input.seed + number
    return { from, part: { ...request, input: { ...input, n: Math.min(size, n - from), seed } } }
  })
}

/** Changes the indexes of the items from those in the part to those in the whole batch. */
async function* shifted(events: CallStream, by: number): CallStream {
  for await (const batch of events) {
    yield batch.map((event) =>
      event.type === 'item' && (event.item.type === 'embedding' || event.item.type === 'generated-image')
        ? { ...event, item: { ...event.item, index: event.item.index + by } }
        : event,
    )
  }
}

/** Lets only so many calls run at once. */
class Places {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Starts a call once a place is free. The place is free again when the last batch arrives, before that is read. */
  async *whenFree(signal: AbortSignal, start: () => CallStream): CallStream {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free--
    let isOver = false
    const leave = (): void => {
      if (isOver) return
      isOver = true
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
    try {
      if (signal.aborted) return
      for await (const batch of start()) {
        if (!goesOn(batch)) leave()
        yield batch
      }
    } finally {
      leave()
    }
  }
}
