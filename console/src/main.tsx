import './styles.css'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/call.ts'
import { router } from './router.tsx'
import { applyScheme } from './scheme.ts'

applyScheme()

const client: QueryClient = new QueryClient({
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
  },
})

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
