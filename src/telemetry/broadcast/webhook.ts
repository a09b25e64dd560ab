import { Type } from 'typebox'
import { address, defineDestination, jsonRequest, ownHeaders } from './destination.ts'

/** Any server: it gets the same body as a collector of OpenTelemetry (contract §6.20). */
export default defineDestination({
  type: 'webhook',
  title: 'Webhook',
  documentation: 'https://openrouter.ai/docs/guides/features/broadcast/webhook',
  settings: {
    url: address('The address that is called.'),
    method: Type.Optional(Type.Enum(['POST', 'PUT'], { default: 'POST' })),
    headers: ownHeaders,
  },
  secrets: ['headers'],
  perRequest: 50,
  encode: (traces, { url, method, headers }, { otlp }) => jsonRequest(url, otlp(traces), headers, method),
  test: ({ url, method, headers }) =>
    jsonRequest(url, { resourceSpans: [] }, { ...headers, 'x-test-connection': 'true' }, method),
})
