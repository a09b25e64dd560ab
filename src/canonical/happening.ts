import type { Channel } from '../util/channel.ts'
import type { AttemptEntry } from './generation-context.ts'
import type { GenerationRecord } from './generation-record.ts'

/** A request that was answered, or whose client left. */
export interface FinishedRequest {
  readonly requestId: string
  readonly method: string
  /** Without the query, which may hold anything. */
  readonly path: string
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
  /** Masked label of the key. */
  readonly key: string | undefined
  readonly generationId: string | undefined
  /** The kind of the error that it was refused with, where no generation has it on record. */
  readonly error: string | undefined
  /** The client left before the reply was complete. */
  readonly aborted: boolean
}

/** What happened to a local server, or to a provider that is asked for its models. */
export type ServerChange =
  | { readonly kind: 'came'; readonly models: readonly string[] }
  | { readonly kind: 'went'; readonly reason: string }
  | { readonly kind: 'changed'; readonly added: readonly string[]; readonly removed: readonly string[] }

/** What happens in one gateway, as its observers see it: the log, and later metrics, traces and broadcast. */
export type Happening =
  /** A call to an endpoint began to answer, failed before that, or was given up. */
  | { readonly type: 'attempt'; readonly generationId: string; readonly entry: AttemptEntry }
  /** A generation ended and is on record. `attempts` are those of the record, with what is not kept. */
  | { readonly type: 'settled'; readonly record: GenerationRecord; readonly attempts: readonly AttemptEntry[] }
  | { readonly type: 'finished'; readonly request: FinishedRequest }
  /** What should not have happened; the client got a plain 500. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** A provider refused one of its credentials, told apart by its position from 1. */
  | { readonly type: 'refused'; readonly provider: string; readonly endpoint: string; readonly credential: number }
  | { readonly type: 'server'; readonly provider: string; readonly address: string; readonly change: ServerChange }

/** Belongs to one gateway, not to the process. Nobody waits for who observes it. */
export type Happenings = Channel<Happening>
