import type { Happenings } from '../../canonical/happening.ts'
import type { Clock } from '../../util/clock.ts'
import { countHappenings } from './count-happenings.ts'
import { createGatewayMetrics, type GatewayMetrics } from './gateway-metrics.ts'
import type { Metric } from './metric.ts'
import { measureProcess, type ProcessFigures } from './process-figures.ts'
import { type MetricsFormat, writeMetrics } from './write-metrics.ts'

/** The state of an endpoint, as the metrics show it. */
export interface EndpointSnapshot {
  readonly endpoint: string
  readonly provider: string
  readonly model: string
  readonly isUp: boolean
  readonly isLimited: boolean
  /** The number of the operator's credentials that are benched there. */
  readonly benched: number
}

/** What is read of the gateway whenever the metrics are. */
export interface MetricSources {
  /** Lists the endpoints that were called. */
  endpoints(): Iterable<EndpointSnapshot>
  journal(): { readonly waiting: number; readonly isFull: boolean }
  /** Returns how many requests are being answered. */
  running(): number
  /** Lists what waits to be written or sent in the background. */
  queued(): Iterable<readonly [what: string, count: number]>
}

/** The metrics of one gateway. While they are off, nothing is counted and nothing is measured. */
export class Metrics {
  readonly #happenings: Happenings
  readonly #sources: MetricSources
  readonly #clock: Clock
  /** Created when they are first switched on, and kept from then on: a counter must not go back. */
  #metrics: GatewayMetrics | null = null
  #process: ProcessFigures | null = null
  #unsubscribe: (() => void) | null = null

  constructor(dependencies: {
    readonly happenings: Happenings
    readonly sources: MetricSources
    readonly clock: Clock
  }) {
    this.#happenings = dependencies.happenings
    this.#sources = dependencies.sources
    this.#clock = dependencies.clock
  }

  /** Switches them on or off. */
  setEnabled(isOn: boolean): void {
    if (isOn === (this.#unsubscribe !== null)) return
    if (!isOn) return this.close()
    this.#metrics ??= createGatewayMetrics()
    this.#process = measureProcess()
    this.#unsubscribe = this.#happenings.subscribe(countHappenings(this.#metrics, this.#clock.now))
  }

  /** Returns the text that Prometheus reads; null while they are off. */
  text(format: MetricsFormat): string | null {
    if (this.#metrics === null || this.#process === null) return null
    this.#process.read(this.#metrics)
    this.#readSources(this.#metrics)
    return writeMetrics(Object.values<Metric>(this.#metrics), format)
  }

  close(): void {
    this.#unsubscribe?.()
    this.#process?.close()
    this.#unsubscribe = null
    this.#process = null
  }

  #readSources(metrics: GatewayMetrics): void {
    for (const gauge of [metrics.endpointUp, metrics.endpointLimited, metrics.benches]) gauge.sets.clear()
    for (const { endpoint, provider, model, isUp, isLimited, benched } of this.#sources.endpoints()) {
      metrics.endpointUp.set(isUp ? 1 : 0, endpoint, provider, model)
      metrics.endpointLimited.set(isLimited ? 1 : 0, endpoint, provider, model)
      metrics.benches.set(benched, endpoint, provider, model)
    }
    const { waiting, isFull } = this.#sources.journal()
    metrics.journalRecords.set(waiting)
    metrics.journalBlocked.set(isFull ? 1 : 0)
    metrics.running.set(this.#sources.running())
    metrics.queued.sets.clear()
    for (const [what, count] of this.#sources.queued()) metrics.queued.set(count, what)
    for (const { description, sets } of Object.values<Metric>(metrics)) {
      if (sets.overflows > 0) metrics.overflows.set(sets.overflows, description.name)
    }
  }
}
