import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { GatewayMetrics } from './gateway-metrics.ts'

/** How often the lag of the event loop is measured. Each measurement is a timer, so that a finer one would cost more. */
const resolutionMs = 20

/** The figures of this process. They are read with the metrics, except for the lag of the event loop, which is measured in between. */
export interface ProcessFigures {
  read(metrics: GatewayMetrics): void
  /** Ends the measurement. */
  close(): void
}

/** Begins to measure the lag of the event loop, and returns what reads it with the other figures of the process. */
export function measureProcess(): ProcessFigures {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  let utilization = performance.eventLoopUtilization()
  let cpuSeconds = 0
  return {
    read(metrics) {
      const { user, system } = process.cpuUsage()
      const cpu = (user + system) / 1e6
      metrics.cpuSeconds.add(cpu - cpuSeconds)
      cpuSeconds = cpu
      const { rss, heapUsed, external } = process.memoryUsage()
      metrics.residentBytes.set(rss)
      metrics.heapBytes.set(heapUsed)
      metrics.externalBytes.set(external)
      metrics.startedAt.set(Math.round(performance.timeOrigin) / 1000)
      const files = countFiles()
      if (files !== null) metrics.openFiles.set(files)
      const lag = {
        mean: delay.mean,
        p50: delay.percentile(50),
        p90: delay.percentile(90),
        p99: delay.percentile(99),
        max: delay.max,
      }
      // What is measured is the time between two runs of the timer.
      for (const [statistic, nanoseconds] of Object.entries(lag)) {
        const late = Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000) : 0
        metrics.loopLag.set(late, statistic)
      }
      delay.reset()
      const before = utilization
      utilization = performance.eventLoopUtilization()
      metrics.loopUtilization.set(performance.eventLoopUtilization(utilization, before).utilization)
    },
    close: () => delay.disable(),
  }
}

/** Counts the open files; null where the system does not list them. */
function countFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}
