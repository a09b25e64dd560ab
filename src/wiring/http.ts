import type { Config } from '../config/config.ts'
import { type App, type AppDependencies, createApp } from '../http/app.ts'
import { ConsoleFiles } from '../http/console-files.ts'
import type { ClientTimeouts } from '../http/client-timeouts.ts'
import type { Journal } from '../ledger/journal/journal.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import { completionsClient } from '../protocols/completions/client.ts'
import { embeddingsClient } from '../protocols/embeddings/client.ts'
import { imageEditsClient, imagesClient } from '../protocols/images/client.ts'
import { messagesClient } from '../protocols/messages/client.ts'
import { rerankClient } from '../protocols/rerank/client.ts'
import { responsesClient } from '../protocols/responses/client.ts'
import { beginTrace } from '../telemetry/tracing/tracing.ts'
import { speechClient } from '../protocols/speech/client.ts'
import { transcriptionClient } from '../protocols/transcription/client.ts'

/** Decodes the body of a chat request whose route is to be explained. */
export const decodeChat = (body: object) => chatCompletionsClient.decodeRequest(body, {})

interface HttpDependencies extends Omit<
  AppDependencies,
  | 'chatCompletions'
  | 'completions'
  | 'messages'
  | 'responses'
  | 'embeddings'
  | 'rerank'
  | 'limits'
  | 'totalMs'
  | 'keepaliveMs'
  | 'metricsKey'
  | 'configuration'
  | 'beginTrace'
  | 'images'
  | 'imageEdits'
  | 'speech'
  | 'transcription'
  | 'consoleFiles'
> {
  readonly config: Config
  readonly clientTimeouts: ClientTimeouts
  readonly generations: Pick<Journal, 'find' | 'page' | 'spent' | 'spentByAccount' | 'byokSpent'>
}

/** Makes the application that clients call, with every client protocol. */
export const wireHttp = ({ config, clientTimeouts, ...parts }: HttpDependencies): App =>
  createApp({
    ...parts,
    configuration: config,
    limits: { ...config.limits, bodyMs: clientTimeouts.requestMs },
    totalMs: config.timeouts.totalMs,
    keepaliveMs: config.keepaliveMs,
    metricsKey: config.telemetry.metricsKey,
    beginTrace: config.telemetry.otlp === null ? null : beginTrace(config.telemetry.otlp),
    consoleFiles: config.console.enabled ? new ConsoleFiles() : null,
    chatCompletions: chatCompletionsClient,
    completions: completionsClient,
    messages: messagesClient,
    responses: responsesClient,
    embeddings: embeddingsClient,
    rerank: rerankClient,
    images: imagesClient,
    imageEdits: imageEditsClient,
    speech: speechClient,
    transcription: { transcribe: transcriptionClient('transcribe'), translate: transcriptionClient('translate') },
  })
