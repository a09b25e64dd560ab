import { noLimits } from '../../src/canonical/principal.ts'
import { GatewayError } from '../../src/canonical/errors.ts'
import type { AppDependencies } from '../../src/http/app.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import { completionsClient } from '../../src/protocols/completions/client.ts'
import { embeddingsClient } from '../../src/protocols/embeddings/client.ts'
import { imageEditsClient, imagesClient } from '../../src/protocols/images/client.ts'
import { messagesClient } from '../../src/protocols/messages/client.ts'
import { rerankClient } from '../../src/protocols/rerank/client.ts'
import { responsesClient } from '../../src/protocols/responses/client.ts'
import { speechClient } from '../../src/protocols/speech/client.ts'
import { transcriptionClient } from '../../src/protocols/transcription/client.ts'
import { Channel } from '../../src/util/channel.ts'
import { systemClock } from '../../src/util/clock.ts'

export const mistake = new TypeError("Cannot read properties of undefined (reading 'secretive')")
const broken = (): never => {
  throw mistake
}

/** The dependencies of an app, each of which throws. A test replaces those that it needs. The keys are `inference` and `management`. */
export const idleDependencies: AppDependencies = {
  generate: broken,
  clock: systemClock,
  limits: { bodyBytes: 100_000, jsonDepth: 50, bodyMs: 60_000 },
  keepaliveMs: 15_000,
  totalMs: 60_000,
  consoleFiles: null,
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
  fetchTogether: broken,
  spool: broken,
  imageService: broken,
  authenticator: {
    authenticate(authorization) {
      const label = authorization?.slice('Bearer '.length)
      if (label !== 'inference' && label !== 'management') throw new GatewayError('authentication')
      const key = { keyHash: 'h', keyName: 'n', account: 'a', ...noLimits, expiresAt: null, createdAt: 0 }
      return { ...key, label, management: label === 'management' }
    },
    find: broken,
    all: broken,
  },
  sessions: { find: broken, begin: broken, peek: broken, end: broken },
  signInLinks: { take: broken },
  signInAttempts: { check: broken, fail: broken },
  consoleKeys: { principalOf: broken },
  configuration: { file: null, values: [] },
  credentialsOf: broken,
  providerStatuses: broken,
  defaultModel: null,
  processFacts: { version: '0.0.0', nodeId: 'node', startedAt: 0 },
  partsOfGateway: broken,
  reloadConfiguration: broken,
  booksVerification: { begin: broken, last: null },
  recentRoutes: { find: broken },
  accountKeys: { list: broken, find: broken, create: broken, update: broken, delete: broken },
  keyUsage: { of: broken },
  credits: { added: broken, add: broken, limit: broken },
  activity: { activity: broken },
  analytics: { answer: broken },
  feedback: { put: broken, list: broken },
  contentLog: { isOn: broken },
  contents: { find: broken },
  presets: {
    list: broken,
    find: broken,
    versions: broken,
    countVersions: broken,
    version: broken,
    save: broken,
  },
  destinations: { targets: broken, list: broken, create: broken, update: broken, delete: broken, close: broken },
  byok: { keysOf: broken, list: broken, create: broken, update: broken, delete: broken, close: broken },
  rateLimits: { take: () => null },
  freeModels: { today: broken },
  catalog: broken,
  findModel: broken,
  usableModels: broken,
  providers: broken,
  generations: {
    find: broken,
    page: broken,
    spent: broken,
    spentByAccount: broken,
    byokSpent: broken,
  },
  models: {
    health: { state: broken, statistics: broken },
    usage: { ready: broken, requests: broken, weeklyTokens: broken },
    datacenters: broken,
    preferences: { auto: {}, codingScores: {} },
    now: broken,
  },
  explain: broken,
  countPrompt: broken,
  readiness: () => 'ready',
  happenings: new Channel(),
  metrics: { text: broken },
  metricsKey: null,
  beginTrace: null,
}
