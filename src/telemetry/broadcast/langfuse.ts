import { Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import { trimEnd } from '../../util/trim-end.ts'
import {
  address,
  basicAuth,
  type BroadcastTrace,
  defineDestination,
  headerText,
  jsonRequest,
  ownHeaders,
} from './destination.ts'

/** OpenRouter's default: the cloud in the United States. The one in Europe is `https://cloud.langfuse.com`. */
const usualAddress = 'https://us.cloud.langfuse.com'

/** Langfuse, in its cloud or on a server of one's own, which takes OTLP. */
export default defineDestination({
  type: 'langfuse',
  title: 'Langfuse',
  documentation: 'https://langfuse.com/integrations/native/opentelemetry',
  settings: {
    baseUrl: Type.Optional(address('The address of the server.', { default: usualAddress })),
    publicKey: headerText('The public key of the project.'),
    secretKey: headerText('The secret key of the project.'),
    headers: ownHeaders,
  },
  secrets: ['secretKey', 'headers'],
  perRequest: 50,
  encode: (traces, { baseUrl = usualAddress, publicKey, secretKey, headers }, { otlp }) =>
    jsonRequest(
      `${trimEnd(baseUrl, '/')}/api/public/otel/v1/traces`,
      otlp(traces.map((trace) => ({ ...trace, attributes: { ...trace.attributes, ...langfuseWords(trace) } }))),
      { authorization: basicAuth(publicKey, secretKey), 'x-langfuse-ingestion-version': '4', ...headers },
    ),
})

/** Source: https://langfuse.com/integrations/native/opentelemetry#property-mapping */
const langfuseWords = ({ traceName, record, content, metadata }: BroadcastTrace) => ({
  'langfuse.trace.name': traceName,
  'langfuse.observation.type': 'generation',
  'langfuse.observation.model.name': record.model,
  'langfuse.observation.usage_details': JSON.stringify({
    input: record.promptTokens ?? 0,
    output: record.completionTokens ?? 0,
  }),
  'langfuse.observation.cost_details': JSON.stringify({ total: usd(record.cost) }),
  ...(content !== null && {
    'langfuse.observation.input': content.input,
    'langfuse.observation.output': content.output,
  }),
  ...(record.errorKind !== null && {
    'langfuse.observation.level': 'ERROR',
    'langfuse.observation.status_message': record.errorKind,
  }),
  ...(Object.keys(metadata).length > 0 && { 'langfuse.trace.metadata': JSON.stringify(metadata) }),
})
