import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './call.ts'

/** Keeps what was read, by operation and input. */
export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session has ended: the pages give way to the sign-in.
    onError(error, { queryKey: [name] }) {
      const isOver = error instanceof ApiError && error.status === 401 && name !== 'GET /waygate/session'
      if (isOver) void client.invalidateQueries({ queryKey: ['GET /waygate/session'] })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // An answer with an error is an answer: it would be the same again.
      retry: (times, error) => times < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
    },
    // The input or the answer of a change may hold a key, so nothing of it is kept once no part of the page shows it.
    mutations: { gcTime: 0 },
  },
})
