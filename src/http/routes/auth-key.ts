import { defineRoute } from '../http-route.ts'
import { key } from './key.ts'

/** The older address of `GET /key`, which clients still use (contract §8.A). */
export const authKey = defineRoute({
  ...key,
  path: '/auth/key',
  id: 'getAuthKey',
  summary: 'Get the calling key, by its older address',
  description: 'The same as `GET /key`.',
})
