import { defineRoute } from '../http-route.ts'
import { callingKey } from '../keys/calling-key.ts'

/** Contract §8.A. */
export const key = defineRoute({
  method: 'get',
  path: '/key',
  access: 'key',
  id: 'getCurrentKey',
  group: 'Account',
  summary: 'Get the calling key',
  description: 'The key of the request, with its limit and what it has spent.',
  ...callingKey,
})
