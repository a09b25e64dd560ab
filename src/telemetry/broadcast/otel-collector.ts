import { address, defineDestination, jsonRequest, ownHeaders } from './destination.ts'

/** A collector of OpenTelemetry, or any server that takes OTLP over HTTP in JSON: Jaeger, Grafana Tempo, Honeycomb, Axiom … */
export default defineDestination({
  type: 'otel-collector',
  title: 'OpenTelemetry collector',
  documentation: 'https://opentelemetry.io/docs/specs/otlp/#otlphttp',
  settings: { endpoint: address('The address for traces, which usually ends in `/v1/traces`.'), headers: ownHeaders },
  secrets: ['headers'],
  perRequest: 50,
  encode: (traces, { endpoint, headers }, { otlp }) => jsonRequest(endpoint, otlp(traces), headers),
})
