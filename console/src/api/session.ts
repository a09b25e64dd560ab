import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { ApiError, call, type Reply } from './call.ts'

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

/** Returns what begins a session, with a management key or the token of a link, and what ends it. */
export function useSigning() {
  const client = useQueryClient()
  return {
    async signIn(body: { readonly key: string } | { readonly token: string }): Promise<void> {
      const { data } = await call('POST /waygate/session', { body })
      client.setQueryData(queryKey, data)
    },
    async signOut(): Promise<void> {
      await call('DELETE /waygate/session')
      client.setQueryData(queryKey, null)
      client.removeQueries({ predicate: ({ queryKey: [name] }) => name !== queryKey[0] })
    },
  }
}
