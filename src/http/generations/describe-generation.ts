import { type Static, Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import type { ListedGeneration } from '../../storage/stores/generation-store.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const Text = orNull(Type.String())
const Tokens = orNull(Type.Integer({ minimum: 0, description: 'Tokens.' }))

/** The fields of a generation in a list. */
export const rowFields = {
  id: Type.String(),
  created_at: Type.String({ description: 'ISO time of the arrival of the request.' }),
  operation: Type.String(),
  requested_model: Type.String({ description: 'The slug that the client sent.' }),
  model: Type.String({ description: 'The model that answered.' }),
  provider: Text,
  provider_name: Text,
  status: Type.Integer({ description: 'The HTTP status of the reply; 0 where the client left before its end.' }),
  error: orNull(Type.String({ description: 'The kind of the error.' })),
  error_message: orNull(
    Type.String({
      description:
        'What the client was told, at most 500 characters. The words of a provider are left out where the account does not log content. Null in records of earlier versions.',
    }),
  ),
  finish_reason: Text,
  streamed: Type.Boolean(),
  cancelled: Type.Boolean({ description: 'Whether the client disconnected before the end.' }),
  is_byok: Type.Boolean({ description: 'Whether a key of the account’s own for the provider was used.' }),
  cached: Type.Boolean({ description: 'Whether the answer came from the response cache.' }),
  cost: Type.Number({ minimum: 0, description: 'USD.' }),
  tokens_prompt: Tokens,
  tokens_completion: Tokens,
  tokens_reasoning: Tokens,
  tokens_cached: Tokens,
  latency: orNull(Type.Number({ minimum: 0, description: 'Milliseconds to the first content.' })),
  generation_time: Type.Number({ minimum: 0, description: 'Milliseconds in all.' }),
  key: Type.Object({ hash: Type.String(), name: orNull(Type.String({ description: 'Null: the key was deleted.' })) }),
  user: Text,
  session_id: Text,
  app: orNull(Type.String({ description: 'The address of the application, or where it has none its title.' })),
} as const

export const GenerationRowSchema = Type.Object(rowFields, {
  title: 'GenerationRow',
  description: 'A generation in a list.',
})

/** Encodes a generation for a list. @param nameOf Returns the name of a key by its hash. */
export const encodeRow = (
  record: ListedGeneration,
  nameOf: (keyHash: string) => string | null,
): Static<typeof GenerationRowSchema> => ({
  id: record.id,
  created_at: new Date(record.createdAt).toISOString(),
  operation: record.operation,
  requested_model: record.requestedModel,
  model: record.model,
  provider: record.provider,
  provider_name: record.providerName,
  status: record.status,
  error: record.errorKind,
  error_message: record.errorMessage,
  finish_reason: record.finishReason,
  streamed: record.streamed,
  cancelled: record.cancelled,
  is_byok: record.isByok,
  cached: record.responseCacheSourceId !== null,
  cost: usd(record.cost),
  tokens_prompt: record.promptTokens,
  tokens_completion: record.completionTokens,
  tokens_reasoning: record.reasoningTokens,
  tokens_cached: record.cachedTokens,
  latency: record.latency,
  generation_time: record.generationTime,
  key: { hash: record.keyHash, name: nameOf(record.keyHash) },
  user: record.externalUser,
  session_id: record.sessionId,
  app: record.httpReferer ?? record.appTitle,
})
