import type { ByokVault } from '../../auth/byok-vault.ts'
import { readByokKeyChange, settingsOf, UpdateByokKeySchema } from '../byok/byok-key-body.ts'
import { ByokKeyReplySchema, encodeByokKey, idParameter, refuseUnknownKey } from '../byok/describe-byok-key.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly byok: ByokVault
  readonly limits: BodyLimits
}

/** Contract §6.17, §8.B. */
export const updateByokKey = defineRoute({
  method: 'patch',
  path: '/byok/{id}',
  access: 'management',
  id: 'updateByokKey',
  group: 'Provider keys',
  summary: 'Change a provider key',
  description:
    'Changes the fields that the body has. Null removes a restriction or a declaration. A new `key` takes the place of the old one.',
  parameters: [idParameter],
  body: { schema: UpdateByokKeySchema, example: { disabled: true } },
  success: { description: 'The key, masked.', json: ByokKeyReplySchema },
  errors: [...bodyErrors, 'not_found'],
  handle:
    ({ byok, limits }: Dependencies) =>
    async (exchange) => {
      const body = readByokKeyChange(await readJsonBody(exchange.incoming, limits))
      const { principal, parameters } = exchange
      const change = { ...settingsOf(body), ...(typeof body.key === 'string' && { key: body.key }) }
      const entry = await byok.update(principal.account, parameters['id'] ?? '', change)
      exchange.json({ data: encodeByokKey(entry ?? refuseUnknownKey(exchange)) })
    },
})
