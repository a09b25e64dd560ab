import type { Distribution, EndpointStatistics } from '../../health/endpoint-health.ts'

/** Returns the live figures of a PublicEndpoint (contract §8.A2). */
export function describeStatistics(statistics: EndpointStatistics, withSpeed: boolean): object {
  return {
    uptime_last_5m: statistics.uptimeLast5m,
    uptime_last_30m: statistics.uptimeLast30m,
    uptime_last_1d: statistics.uptimeLast1d,
    latency_last_30m: withSpeed ? describeDistribution(statistics.latencyLast30m) : null,
    throughput_last_30m: withSpeed ? describeDistribution(statistics.throughputLast30m) : null,
  }
}

function describeDistribution(distribution: Distribution | null): object | null {
  if (distribution === null) return null
  const { p50, p75, p90, p99 } = distribution
  return { p50, p75, p90, p99 }
}
