import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { ApiError, call, type Reply } from './call.ts'
import { client } from './client.ts'

export type Session = Reply<'GET /waygate/session'>['data']

const queryKey = ['GET /waygate/session']

/** Reads the session of this browser; null where there is none. */
export const useSession = (): UseQueryResult<Session | null> =>
  useQuery({
    queryKey,
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      try {
        return (await call('GET /waygate/session', { signal })).data
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null
        throw error
      }
    },
  })

/** Begins a session, with a management key or the token of a link. */
export async function signIn(body: { readonly key: string } | { readonly token: string }): Promise<void> {
  const { data } = await call('POST /waygate/session', { body })
  await client.cancelQueries({ queryKey })
  client.setQueryData(queryKey, data)
}

/** Ends the session. What was read with it is forgotten. */
export async function signOut(): Promise<void> {
  await call('DELETE /waygate/session')
  client.setQueryData(queryKey, null)
  client.removeQueries({ predicate: ({ queryKey: [name] }) => name !== queryKey[0] })
}
