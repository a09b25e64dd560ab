import { createHmac } from 'node:crypto'
import type { InstallationKey } from './installation-key.ts'

/** What upstreams are told of the end user `user` of an account. */
export type EndUserId = (account: string, user: string) => string

/**
 * Makes the ids by which an upstream can tell end users apart, and nothing else (contract §1.1, `user`): without the key nobody can try
 * which names lead to them, and one user has another id in each account.
 */
export function createEndUserId(key: InstallationKey): EndUserId {
  const secret = key.derive('end-user-id')
  return (account, user) => {
    const id = createHmac('sha256', secret)
      .update(JSON.stringify([account, user]))
      .digest('hex')
    return `user_${id.slice(0, 32)}`
  }
}
