import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Happenings } from '../canonical/happening.ts'
import type { Clock } from '../util/clock.ts'
import { type AccessDependencies, accessRules } from './access.ts'
import { answerRequests } from './answer-requests.ts'
import { inOrder } from './exchange.ts'
import { cors } from './hooks/cors.ts'
import { type BeginTrace, followTrace } from './hooks/follow-trace.ts'
import { assignRequestId } from './hooks/request-id.ts'
import type { DependenciesOf, HttpRoute } from './http-route.ts'
import type { OpenApiDocument } from './openapi/openapi-document.ts'
import { publishFinished } from './publish-finished.ts'
import { type Address, RouteTable } from './route-table.ts'
import { activity } from './routes/activity.ts'
import { addCredits } from './routes/add-credits.ts'
import { analyticsMeta } from './routes/analytics-meta.ts'
import { analyticsQuery } from './routes/analytics-query.ts'
import { apiReference } from './routes/api-reference.ts'
import { audioSpeech } from './routes/audio-speech.ts'
import { audioTranscriptions, audioTranslations } from './routes/audio-transcriptions.ts'
import { chatCompletions } from './routes/chat-completions.ts'
import { completions } from './routes/completions.ts'
import { consoleAsset } from './routes/console-asset.ts'
import { createPresetFromChat } from './routes/create-preset-from-chat.ts'
import { createPresetFromMessages } from './routes/create-preset-from-messages.ts'
import { createPresetFromResponses } from './routes/create-preset-from-responses.ts'
import { configuration } from './routes/configuration.ts'
import { createKey } from './routes/create-key.ts'
import { creditsLeft } from './routes/credits-left.ts'
import { credits } from './routes/credits.ts'
import { deleteKey } from './routes/delete-key.ts'
import { createByokKey } from './routes/create-byok-key.ts'
import { deleteByokKey } from './routes/delete-byok-key.ts'
import { createDestination } from './routes/create-destination.ts'
import { deleteDestination } from './routes/delete-destination.ts'
import { getDestination } from './routes/get-destination.ts'
import { listDestinations } from './routes/list-destinations.ts'
import { updateDestination } from './routes/update-destination.ts'
import { embeddingsModels } from './routes/embeddings-models.ts'
import { embeddings } from './routes/embeddings.ts'
import { errorReference } from './routes/error-reference.ts'
import { explainRoute } from './routes/explain-route.ts'
import { generationContent } from './routes/generation-content.ts'
import { generationFeedback } from './routes/generation-feedback.ts'
import { generationRoute } from './routes/generation-route.ts'
import { generation } from './routes/generation.ts'
import { getKey } from './routes/get-key.ts'
import { healthz } from './routes/healthz.ts'
import { authKey } from './routes/auth-key.ts'
import { beginSession } from './routes/begin-session.ts'
import { endSession } from './routes/end-session.ts'
import { getSession } from './routes/get-session.ts'
import { getPreset } from './routes/get-preset.ts'
import { getPresetVersion } from './routes/get-preset-version.ts'
import { listPresets } from './routes/list-presets.ts'
import { listPresetVersions } from './routes/list-preset-versions.ts'
import { imageModelEndpoints } from './routes/image-model-endpoints.ts'
import { imageModels } from './routes/image-models.ts'
import { imageEdits } from './routes/image-edits.ts'
import { images, imagesGenerations } from './routes/images.ts'
import { key } from './routes/key.ts'
import { listGenerations } from './routes/list-generations.ts'
import { listKeys } from './routes/list-keys.ts'
import { getByokKey } from './routes/get-byok-key.ts'
import { listByokKeys } from './routes/list-byok-keys.ts'
import { listEndpoints } from './routes/list-endpoints.ts'
import { testEndpoint } from './routes/test-endpoint.ts'
import { listAccounts } from './routes/list-accounts.ts'
import { verifyLedger } from './routes/verify-ledger.ts'
import { ledgerVerification } from './routes/ledger-verification.ts'
import { gatewayStatus } from './routes/gateway-status.ts'
import { reloadConfiguration } from './routes/reload-configuration.ts'
import { live } from './routes/live.ts'
import { model } from './routes/model.ts'
import { messages } from './routes/messages.ts'
import { messagesCountTokens } from './routes/messages-count-tokens.ts'
import { modelEndpoints } from './routes/model-endpoints.ts'
import { modelsCount } from './routes/models-count.ts'
import { metrics } from './routes/metrics.ts'
import { models } from './routes/models.ts'
import { namedModel } from './routes/named-model.ts'
import { openApi } from './routes/openapi.ts'
import { plainModel } from './routes/plain-model.ts'
import { providers } from './routes/providers.ts'
import { readyz } from './routes/readyz.ts'
import { rerank } from './routes/rerank.ts'
import { responses } from './routes/responses.ts'
import { start } from './routes/start.ts'
import { updateKey } from './routes/update-key.ts'
import { userModels } from './routes/user-models.ts'
import { wholeGeneration } from './routes/whole-generation.ts'
import { zdrEndpoints } from './routes/zdr-endpoints.ts'
import { standardEnvelope } from './send-error.ts'
import { updateByokKey } from './routes/update-byok-key.ts'
import { refuseUnknownAddress } from './refuse-unknown-address.ts'

/** All routes, in the order of the API reference. */
export const routes = [
  chatCompletions,
  completions,
  messages,
  messagesCountTokens,
  responses,
  embeddings,
  rerank,
  images,
  imagesGenerations,
  imageEdits,
  audioSpeech,
  audioTranscriptions,
  audioTranslations,
  imageModels,
  imageModelEndpoints,
  models,
  userModels,
  embeddingsModels,
  modelsCount,
  model,
  plainModel,
  namedModel,
  modelEndpoints,
  zdrEndpoints,
  providers,
  key,
  authKey,
  credits,
  creditsLeft,
  addCredits,
  activity,
  analyticsMeta,
  analyticsQuery,
  generation,
  generationContent,
  generationFeedback,
  listKeys,
  createKey,
  getKey,
  updateKey,
  deleteKey,
  listPresets,
  getPreset,
  listPresetVersions,
  getPresetVersion,
  createPresetFromChat,
  createPresetFromMessages,
  createPresetFromResponses,
  listByokKeys,
  createByokKey,
  getByokKey,
  updateByokKey,
  deleteByokKey,
  listDestinations,
  createDestination,
  getDestination,
  updateDestination,
  deleteDestination,
  beginSession,
  getSession,
  endSession,
  listGenerations,
  wholeGeneration,
  generationRoute,
  live,
  listEndpoints,
  testEndpoint,
  gatewayStatus,
  configuration,
  reloadConfiguration,
  verifyLedger,
  ledgerVerification,
  listAccounts,
  healthz,
  readyz,
  metrics,
  explainRoute,
  openApi,
  start,
  consoleAsset,
  apiReference,
  errorReference,
]

type RouteDependencies = DependenciesOf<(typeof routes)[number]>

/** The dependencies of all routes, except the OpenAPI document, and of all hooks. */
export type AppDependencies = Omit<RouteDependencies, 'document'> &
  AccessDependencies & {
    readonly clock: Clock
    readonly happenings: Happenings
    /** Begins the trace of a request; null where nothing is traced. */
    readonly beginTrace: BeginTrace | null
  }

export interface App {
  /** Handles a request, and never rejects. */
  handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>
  readonly addresses: readonly Address[]
}

/**
 * Creates the application. Before each route it runs the hooks: request id, CORS, then those of the route's access. The API is served under
 * `/api/v1` and under `/v1`.
 */
export function createApp(
  dependencies: AppDependencies,
  served: readonly HttpRoute<RouteDependencies>[] = routes,
): App {
  const { clock, happenings, beginTrace } = dependencies
  const known: RouteDependencies = { ...dependencies, document: describing(served) }
  const always = [assignRequestId(clock), cors]
  // Pages, health checks and scrapes are not traced: they would be most of all traces.
  const traced = beginTrace === null ? [] : [followTrace(beginTrace)]
  const table = new RouteTable()
  for (const route of served) {
    const hooks = [...always, ...(route.atRoot ? [] : traced), ...accessRules[route.access].hooks(dependencies)]
    const handler = inOrder(hooks, route.handle(known))
    const errors = route.type === 'api' ? (route.envelope?.encoder(known) ?? standardEnvelope) : standardEnvelope
    for (const base of route.atRoot ? [''] : ['/api/v1', '/v1']) {
      const path = base + route.path
      const handle = publishFinished(happenings, clock, path, handler)
      table.add({ method: route.method.toUpperCase(), path }, { handle, errors })
    }
  }
  const unknown = publishFinished(happenings, clock, 'unknown', inOrder(always, refuseUnknownAddress(table)))
  return { handle: answerRequests(table, unknown, happenings), addresses: table.addresses }
}

/** Creates a function that loads and builds the OpenAPI document at its first call, so that the start does not wait for it. */
function describing(served: readonly HttpRoute<never>[]): () => Promise<OpenApiDocument> {
  let document: Promise<OpenApiDocument> | undefined
  const describe = async (): Promise<OpenApiDocument> => {
    const { buildDocument } = await import('./openapi/document.ts')
    return buildDocument(served)
  }
  return () => (document ??= describe())
}
