import type { ByokVault } from '../../auth/byok-vault.ts'
import { CreateByokKeySchema, readNewByokKey, settingsOf } from '../byok/byok-key-body.ts'
import { ByokKeyReplySchema, encodeByokKey } from '../byok/describe-byok-key.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly byok: ByokVault
  readonly limits: BodyLimits
}

/** Contract §6.17, §8.B. */
export const createByokKey = defineRoute({
  method: 'post',
  path: '/byok',
  access: 'management',
  id: 'createByokKey',
  group: 'Provider keys',
  summary: 'Add a provider key',
  description: 'Stores a key for a provider, with which the account’s requests are then served.',
  body: { schema: CreateByokKeySchema, example: { provider: 'openai', key: 'sk-…', name: 'ours' } },
  success: { status: 201, description: 'The key, masked.', json: ByokKeyReplySchema },
  errors: bodyErrors,
  handle:
    ({ byok, limits }: Dependencies) =>
    async (exchange) => {
      const body = readNewByokKey(await readJsonBody(exchange.incoming, limits))
      const { provider, key } = body
      const entry = await byok.create(exchange.principal.account, { provider, key, ...settingsOf(body) })
      exchange.json({ data: encodeByokKey(entry) }, 201)
    },
})
