/** The values of which a fact may consist: JSON. */
export type FactValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly FactValue[]
  | { readonly [field: string]: FactValue }

/** One kind of fact that nodes send each other. A fact holds no secret, and no text of a caller. */
export interface Topic<Fact extends FactValue> {
  readonly name: string
  /** Reads a fact of another node, which may be of another version; null for anything else. */
  readonly read: (value: unknown) => Fact | null
}

/** A fact that another node has published. */
export interface ReceivedFact<Fact> {
  readonly fact: Fact
  /** Milliseconds since it was published, independent of the clocks of the nodes. */
  readonly ageMs: number
  /** The name of the node, which is another one after each start. */
  readonly node: string
}

/** The exchange of facts between running nodes. Facts of one node arrive in their order; some may be lost, and none arrives twice. */
export interface Facts {
  /** Sends a fact to the other nodes. Never waits and never throws. */
  publish<Fact extends FactValue>(topic: Topic<Fact>, fact: Fact): void
  /** Calls the listener for each fact of another node. To be called before the shared state is started. */
  subscribe<Fact extends FactValue>(topic: Topic<Fact>, listener: (received: ReceivedFact<Fact>) => void): void
}

/** A value that all nodes see, with the time that it has left. */
export interface SharedValue {
  readonly text: string
  readonly leftMs: number
}

/** Values that all nodes see, each for a time. Nothing throws, and no wait is longer than some milliseconds. */
export interface SharedValues {
  /** Returns a value; null where there is none, and where it cannot be known in time. */
  get(key: string): Promise<SharedValue | null>
  /** Keeps a value, unless it is too large or the server is away. Does not wait. */
  set(key: string, text: string, ttlMs: number): void
  /** Drops a value. Does not wait; what is set afterwards is kept. */
  delete(key: string): void
}

/** The state that several nodes share. */
export interface SharedState {
  readonly facts: Facts
  /** Null for a node that is alone: it would store twice what it already keeps for itself. */
  readonly values: SharedValues | null
  /** Begins to publish and to receive facts, and reads those of the last minutes, as far as that is possible within about a second. */
  start(): Promise<void>
  /** Sends the facts that are not sent yet, within a short time, and ends. */
  close(): Promise<void>
}
