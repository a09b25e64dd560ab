import { defineRoute } from '../http-route.ts'
import { callingKey } from '../keys/calling-key.ts'

/** The older address of `GET /key`, which clients still use (contract §8.A). */
export const authKey = defineRoute({
  method: 'get',
  path: '/auth/key',
  access: 'key',
  id: 'getAuthKey',
  group: 'Account',
  summary: 'Get the calling key, by its older address',
  description: 'The same as `GET /key`.',
  ...callingKey,
})
