import type { Answer, Ask } from './ask.ts'
import type { Shape } from './shape.ts'

/** A fault of providers, or an abuse of clients, that the gateway is put through. */
export interface Fault {
  /** The name by which `--only` selects it. */
  readonly slug: string
  /** What goes wrong, as a sentence without a subject where that is the provider of the first choice. */
  readonly fault: string
  /** What a gateway must do. */
  readonly expected: string
  /** The number of the same scenario in the public Failover Bench (github.com/failoverbench/failoverbench), e.g. `S08`. */
  readonly failoverBench?: string
  /** Returns what the configuration lacks to survive the fault; null where it lacks nothing. Absent: every configuration survives it. */
  readonly lacks?: (shape: Shape) => string | null
  /** Plays the fault, and judges what came. */
  readonly play: (stage: Stage) => Promise<Finding>
}

/** What playing one fault showed. */
export interface Finding {
  /** Whether the client got what it would have got without the fault, or what is right where the fault is the client’s own. */
  readonly survived: boolean
  /** What happened, in words. */
  readonly happened: string
  /** What no gateway may do, whatever its configuration. One such thing fails the fault. */
  readonly wrongs: readonly string[]
}

/** One call that reached the simulated provider of an endpoint. */
export interface Call {
  /** The place of the endpoint in the order of choice; 0 is the first choice. */
  readonly place: number
  /** The address below the provider’s own. It shows the protocol. */
  readonly path: string
  /** Unix milliseconds. */
  readonly at: number
  readonly closedBy: 'client' | 'server' | null
}

/** A gateway with the configuration’s shape, before simulated providers that behave as they are told. */
export interface Stage {
  readonly shape: Shape
  /** The shortened limits, in milliseconds. */
  readonly limits: Limits
  /** Makes an endpoint, or every endpoint of a list, behave so from now on. `healthy` is the complete answer. */
  behave(places: number | readonly number[], behaviour: string): void
  /** Sends a request, and reads the answer to its end. */
  ask(options?: Ask): Promise<Answer>
  /** Reads JSON from the gateway’s API. */
  read(path: string): Promise<unknown>
  /** Lists the calls that reached the providers, in their order. */
  calls(): readonly Call[]
}

export interface Limits {
  readonly firstTokenMs: number
  readonly idleMs: number
  readonly probeIntervalMs: number
}

/** How a healthy endpoint answers: with a text of sixty words in which no word occurs twice. */
export const healthy = 'tokens-60'
