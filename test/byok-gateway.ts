import { startGateway, type TestGateway, testKey } from './gateway.ts'
import { type KeyedUpstream, startKeyedUpstream } from './keyed-upstream.ts'

export const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
export const otherAdminKey = 'sk-or-v1-test-management-key-of-another-account'
export const otherKey = 'sk-or-v1-test-key-of-another-account'
export const secondKey = 'sk-or-v1-second-test-key-of-the-default-account'

const keys = [
  { name: 'test', key: testKey },
  { name: 'second', key: secondKey },
  { name: 'admin', key: adminKey, management: true },
  { name: 'other', key: otherKey, account: 'other' },
  { name: 'other-admin', key: otherAdminKey, account: 'other', management: true },
]

const endpoint = (provider: string, prompt = 1) => ({
  provider,
  model: 'up',
  pricing: { prompt, completion: 2 * prompt },
})

/** A reply of which a test expects certain fields. */
export type Json = ReturnType<typeof JSON.parse>

/** A gateway in front of a provider that answers by key. */
export interface ByokGateway {
  readonly gateway: TestGateway
  readonly upstream: KeyedUpstream
  /** Calls the API of provider keys with a management key. */
  manage(method: string, path: string, body?: unknown, key?: string): Promise<{ status: number; body: Json }>
  /** Adds a key, and returns its id. */
  bring(body: Readonly<Record<string, unknown>>, key?: string): Promise<string>
  /** Deletes all keys of both accounts, and forgets the calls. */
  reset(): Promise<void>
  /** Sends a chat request, and returns the reply with the calls that it made. */
  ask(
    body?: Readonly<Record<string, unknown>>,
    key?: string,
  ): Promise<{ status: number; body: Json; calls: readonly string[] }>
  close(): Promise<void>
}

/** `acme/m1` at prov-a ($1) and prov-b ($2); `acme/m2` at prov-a. The gateway has the keys `own-a` and `own-b`. */
export async function startByokGateway(config: Readonly<Record<string, unknown>> = {}): Promise<ByokGateway> {
  const upstream = await startKeyedUpstream()
  const at = (slug: string, apiKey: string) => ({ base_url: `${upstream.url}/${slug}/v1`, api_key: apiKey })
  const { providers, models, ...more } = config
  const gateway = await startGateway({
    keys,
    providers: {
      'prov-a': { ...at('prov-a', 'own-a'), name: 'Prov A' },
      'prov-b': { ...at('prov-b', 'own-b'), name: 'Prov B', data_policy: { training: false, retention: 'none' } },
      ...(providers as object | undefined),
    },
    models: {
      'acme/m1': { endpoints: [endpoint('prov-a'), endpoint('prov-b', 2)] },
      'acme/m2': { endpoints: [endpoint('prov-a')] },
      ...(models as object | undefined),
    },
    ...more,
  })
  const manage: ByokGateway['manage'] = async (method, path, body, key = adminKey) => {
    const reply = await fetch(`${gateway.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: reply.status, body: await reply.json() }
  }
  return {
    gateway,
    upstream,
    manage,
    async bring(body, key) {
      const reply = await manage('POST', '/byok', body, key)
      if (reply.status !== 201) throw new Error(JSON.stringify(reply.body))
      return reply.body.data.id
    },
    async reset() {
      for (const admin of [adminKey, otherAdminKey]) {
        const listed = await manage('GET', '/byok?limit=100', undefined, admin)
        for (const { id } of listed.body.data) await manage('DELETE', `/byok/${id}`, undefined, admin)
      }
      upstream.clear()
    },
    async ask(body = {}, key = testKey) {
      const before = upstream.calls.length
      const reply = await gateway.chat(body, { authorization: `Bearer ${key}` })
      const text = await reply.text()
      const parsed = text.startsWith('{') ? JSON.parse(text) : text
      return { status: reply.status, body: parsed, calls: upstream.calls.slice(before) }
    },
    async close() {
      await gateway.close()
      upstream.close()
    },
  }
}
