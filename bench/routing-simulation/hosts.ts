/** A fault of a host. Times are in minutes of the hour. */
export type Trouble =
  /** Refuses every call at once, with this status. */
  | { readonly kind: 'down'; readonly status: number; readonly from: number; readonly to: number }
  /** Refuses every call for `seconds` out of every `every`. */
  | {
      readonly kind: 'flapping'
      readonly status: number
      readonly from: number
      readonly to: number
      readonly seconds: number
      readonly every: number
    }
  /** Accepts requests and never answers. */
  | { readonly kind: 'silent'; readonly from: number; readonly to: number }
  /** Its first tokens take this many times as long. */
  | { readonly kind: 'slow'; readonly from: number; readonly to: number; readonly times: number }
  /** A share of the calls takes this many seconds longer. */
  | { readonly kind: 'straggling'; readonly share: number; readonly seconds: number }
  /** A share of the calls fails at any time. */
  | { readonly kind: 'stray'; readonly share: number; readonly status: number }
  /** Accepts this many calls per minute. Further calls get a 429, with `Retry-After` or without it. */
  | { readonly kind: 'limited'; readonly perMinute: number; readonly sendsRetryAfter: boolean }
  /** A share of its tool calls is not JSON. */
  | { readonly kind: 'invalid-tool-calls'; readonly share: number }

/** A provider of the one model. */
export interface Host {
  readonly slug: string
  /** USD per million prompt tokens. Completion tokens cost three times as much. */
  readonly price: number
  /** The median in milliseconds. */
  readonly firstToken: number
  readonly tokensPerSecond: number
  readonly troubles: readonly Trouble[]
}

const host = (price: number, firstToken: number, tokensPerSecond: number, ...troubles: readonly Trouble[]) => ({
  price,
  firstToken,
  tokensPerSecond,
  troubles,
})

const straggling: Trouble = { kind: 'straggling', share: 0.02, seconds: 15 }

/** The cheaper hosts are slower and have more faults, because most of the traffic goes to them. */
export const hosts: readonly Host[] = [
  host(0.2, 900, 45, straggling, { kind: 'down', status: 503, from: 10, to: 22 }),
  host(0.22, 700, 60, { kind: 'limited', perMinute: 30, sendsRetryAfter: true }),
  host(0.24, 1100, 40, { kind: 'flapping', status: 502, from: 20, to: 45, seconds: 20, every: 60 }),
  host(0.25, 600, 55, { kind: 'limited', perMinute: 30, sendsRetryAfter: false }),
  host(0.27, 800, 70, straggling),
  host(0.28, 650, 50, { kind: 'silent', from: 30, to: 38 }),
  host(0.3, 500, 90, { kind: 'stray', share: 0.02, status: 500 }),
  host(0.32, 1200, 35, { kind: 'invalid-tool-calls', share: 0.2 }),
  host(0.34, 450, 80, { kind: 'slow', from: 15, to: 30, times: 8 }),
  host(0.36, 750, 60, { kind: 'down', status: 401, from: 40, to: 60 }),
  host(0.4, 400, 110),
  host(0.45, 550, 75),
  host(0.5, 350, 120, { kind: 'flapping', status: 500, from: 0, to: 60, seconds: 5, every: 30 }),
  host(0.55, 600, 65, { kind: 'invalid-tool-calls', share: 0.1 }),
  host(0.6, 300, 150, { kind: 'limited', perMinute: 60, sendsRetryAfter: true }),
  host(0.7, 380, 100),
  host(0.8, 250, 180, straggling, { kind: 'down', status: 503, from: 33, to: 40 }),
  host(1, 320, 140, { kind: 'stray', share: 0.01, status: 502 }),
  host(1.2, 220, 200, { kind: 'silent', from: 50, to: 55 }),
  host(1.5, 280, 160, straggling),
].map((each, index) => ({ slug: `host-${String(index + 1).padStart(2, '0')}`, ...each }))
