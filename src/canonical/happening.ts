import type { Channel } from '../util/channel.ts'
import type { AttemptEntry, GenerationContext } from './generation-context.ts'
import type { GenerationRecord } from './generation-record.ts'
import type { TraceContext } from './trace-context.ts'

/** A request that was answered or whose client left. */
export interface FinishedRequest {
  readonly requestId: string
  readonly method: string
  /** Without the query, which may hold secrets. */
  readonly path: string
  /** The address as the routes have it, with its variable segments in braces; `unknown` where no route serves the path. */
  readonly route: string
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
  /** The masked label of the key. */
  readonly key: string | undefined
  readonly generationId: string | undefined
  /** The kind of the error with which it was refused, where no generation was recorded. */
  readonly error: string | undefined
  /** Whether the client left before the reply was complete. */
  readonly aborted: boolean
  /** Null where the request is not traced. */
  readonly trace: TraceContext | null
}

/** A change at a local server, or at another provider that lists its own models. */
export type ServerChange =
  | { readonly kind: 'came'; readonly models: readonly string[] }
  | { readonly kind: 'went'; readonly reason: string }
  | { readonly kind: 'changed'; readonly added: readonly string[]; readonly removed: readonly string[] }

/** The outcome of reading the configuration again while the gateway runs. */
export type Reload =
  /** It is in use. `changed` lists the top-level keys of the file whose meaning has changed. The file is null where there is none. */
  | { readonly type: 'reloaded'; readonly file: string | null; readonly changed: readonly string[] }
  | { readonly type: 'unchanged' }
  /** The one before stays in use. A problem names file, line and key, as far as they are known. */
  | { readonly type: 'refused'; readonly problems: readonly string[] }

/** A change of the connection to the server through which nodes share what they learn. */
export type SharingChange =
  /** `dropped` counts the facts of this node that were never told since the last such change. */
  | { readonly kind: 'connected'; readonly dropped: number }
  | { readonly kind: 'lost'; readonly reason: string }
  /** The server is there and does not take facts, for example because its memory is full. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Something arrived that no node with the secret key of this installation has sent. */
  | { readonly kind: 'foreign' }

/** A change of the connection to a database that is a server. */
export type DatabaseChange = { readonly kind: 'away'; readonly reason: string } | { readonly kind: 'back' }

/** Something that happened in one gateway. Observers subscribe to it: the log, metrics, traces, broadcast and the live list of the console. */
export type Happening =
  /** A call to an endpoint began to answer, failed before that, or was abandoned. */
  | { readonly type: 'attempt'; readonly generationId: string; readonly entry: AttemptEntry }
  /** A generation ended and is recorded. `attempts` are those of the record, with the fields that are not stored. */
  | {
      readonly type: 'settled'
      readonly record: GenerationRecord
      readonly attempts: readonly AttemptEntry[]
      readonly context: GenerationContext
    }
  | { readonly type: 'finished'; readonly request: FinishedRequest }
  /** An unexpected failure of the gateway; the client got a plain 500. */
  | { readonly type: 'failed'; readonly error: unknown }
  /**
   * A provider refused a credential: one of the gateway's, by its position from 1 (or `removed`, where the configuration has it no more), or a
   * key that an account brought, by its id.
   */
  | {
      readonly type: 'refused'
      readonly provider: string
      readonly endpoint: string
      readonly credential: number | string
    }
  | { readonly type: 'configuration'; readonly reload: Reload }
  | { readonly type: 'server'; readonly provider: string; readonly address: string; readonly change: ServerChange }
  | { readonly type: 'sharing'; readonly change: SharingChange }
  | { readonly type: 'database'; readonly change: DatabaseChange }
  /** Something was dropped because it could not be written or sent in time. `what` is one of few words. */
  | { readonly type: 'dropped'; readonly what: string; readonly count: number }

/** The channel of one gateway's happenings. It belongs to the gateway, not to the process, and publishing never waits for observers. */
export type Happenings = Channel<Happening>
