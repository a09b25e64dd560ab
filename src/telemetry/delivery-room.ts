/** Room for what waits to be sent or is being sent, in bytes. */
export interface Room {
  /** Takes room, and returns false where there is not enough. */
  take(bytes: number): boolean
  /** Gives room back. */
  give(bytes: number): void
}

/** The most bytes of all queues of a gateway together. */
const mostBytes = 64_000_000
/**
 * So many times what an owner holds is free when it takes room. So one alone gets a quarter of all, and another one finds room beside any
 * number of them.
 */
const freePerHeld = 3

/**
 * The room that all queues of a gateway share. It belongs to owners, such as an account: destinations of one that take nothing fill the room of
 * that one, and leave the others theirs.
 */
export class DeliveryRoom {
  readonly #mostBytes: number
  #used = 0
  /** What each owner holds. One that holds nothing is not kept. */
  readonly #held = new Map<string, number>()

  constructor(most = mostBytes) {
    this.#mostBytes = most
  }

  /** Returns the room of an owner. */
  of(owner: string): Room {
    return {
      take: (bytes) => {
        const held = (this.#held.get(owner) ?? 0) + bytes
        if (held * freePerHeld > this.#mostBytes - this.#used - bytes) return false
        this.#change(owner, held, bytes)
        return true
      },
      give: (bytes) => this.#change(owner, (this.#held.get(owner) ?? 0) - bytes, -bytes),
    }
  }

  /** How many bytes are taken. */
  get used(): number {
    return this.#used
  }

  #change(owner: string, held: number, by: number): void {
    this.#used += by
    if (held > 0) this.#held.set(owner, held)
    else this.#held.delete(owner)
  }
}
