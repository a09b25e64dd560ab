import type { Target } from '../exchange.ts'
import type { Measure } from '../measure.ts'

const rate = 400

/** The latency that the subject adds to the upstream's own at a fixed rate. The upstream is measured directly just before. */
export const latency: Measure = {
  name: 'latency',
  warmUp: true,
  rows: [
    { key: 'p50', label: `added latency at ${rate}/s, p50`, unit: 'ms', absolute: true },
    { key: 'p99', label: `added latency at ${rate}/s, p99`, unit: 'ms', absolute: true },
  ],
  async sample(subject, bench) {
    const { target } = await bench.running(subject)
    const ask = (target: Target) =>
      bench.load.ask({ kind: 'open', target, traffic: 'json', rate, seconds: bench.seconds })
    const direct = await ask(bench.direct)
    const through = await ask(target)
    return { p50: added(through.p50, direct.p50), p99: added(through.p99, direct.p99) }
  },
}

function added(through = Number.NaN, direct = Number.NaN): number {
  return through - direct
}
