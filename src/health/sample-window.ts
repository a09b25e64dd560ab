import type { Distribution } from './endpoint-health.ts'

const minuteMs = 60_000
const windowMinutes = 30

/** Bins grow by a tenth, so the middle of a bin is at most √1.1 − 1 = 4.9 % off any value in it. */
const growth = 1.1
const leastValue = 0.1
/** The last bin begins at 815,000: no first token takes so many milliseconds, and no model gives so many tokens a second. */
const binCount = 168
const binsPerFactorE = 1 / Math.log(growth)
/** The value that is reported for each bin: its geometric middle. Four digits, since more would suggest a precision that is not there. */
const middles = Array.from({ length: binCount }, (_, bin) =>
  Number((leastValue * growth ** (bin + 0.5)).toPrecision(4)),
)
const mostPerBin = 0xffff

/** The sums of the bins of several minutes. Shared, because each read is synchronous. */
const sums = new Uint32Array(binCount)

interface Minute {
  /** Minutes of the monotonic clock. */
  index: number
  readonly bins: Uint16Array
}

/**
 * Values of the last half hour in histograms of one minute each, on a logarithmic scale from 0.1 to 900,000; what lies outside
 * counts as the nearest bin. A minute takes about 0.6 kB, from its first value on. A bin counts up to 65,535 a minute: a thousand
 * calls a second, all within the same tenth.
 */
export class SampleWindow {
  readonly #minutes: (Minute | undefined)[] = []

  /**
   * Adds a value.
   * @param now Monotonic milliseconds. It may be earlier than before, since other nodes tell of values after some time.
   */
  add(value: number, now: number): void {
    const index = Math.floor(now / minuteMs)
    const minute = this.#minute(index)
    if (minute.index !== index) return
    const { bins } = minute
    const bin = binOf(value)
    const count = bins[bin] ?? 0
    if (count < mostPerBin) bins[bin] = count + 1
  }

  /**
   * Computes the percentiles over the current minute and those before it, `minutes` together (at most 30). Null where there is no value.
   * @param better Where `higher` values are better, `p90` is the value that nine of ten reach, and not the one that they stay below.
   */
  distribution(now: number, minutes: number, better: 'lower' | 'higher' = 'lower'): Distribution | null {
    const last = Math.floor(now / minuteMs)
    sums.fill(0)
    let samples = 0
    for (const minute of this.#minutes) {
      if (minute !== undefined && minute.index > last - minutes) samples += addBins(minute.bins)
    }
    if (samples === 0) return null
    const at = (share: number): number => percentile(better === 'lower' ? share : 1 - share, samples)
    return { samples, p50: at(0.5), p75: at(0.75), p90: at(0.9), p95: at(0.95), p99: at(0.99) }
  }

  /** Returns the minute of this index, or the newer one that has taken its place. */
  #minute(index: number): Minute {
    // Minutes before the start of the monotonic clock have negative numbers.
    const place = ((index % windowMinutes) + windowMinutes) % windowMinutes
    const minute = (this.#minutes[place] ??= { index, bins: new Uint16Array(binCount) })
    if (minute.index < index) {
      minute.index = index
      minute.bins.fill(0)
    }
    return minute
  }
}

function binOf(value: number): number {
  const bin = Math.floor(Math.log(value / leastValue) * binsPerFactorE)
  return Math.min(Math.max(bin, 0), binCount - 1)
}

function addBins(bins: Uint16Array): number {
  let added = 0
  for (let bin = 0; bin < binCount; bin++) {
    const count = bins[bin] ?? 0
    sums[bin] = (sums[bin] ?? 0) + count
    added += count
  }
  return added
}

/** Returns the least value that `share` of all values do not exceed. */
function percentile(share: number, samples: number): number {
  let left = Math.max(1, Math.ceil(share * samples))
  for (const [bin, middle] of middles.entries()) {
    left -= sums[bin] ?? 0
    if (left <= 0) return middle
  }
  return 0
}
