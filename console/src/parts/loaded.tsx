import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Fault } from './fault.tsx'
import { Skeleton } from './skeleton.tsx'

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>
  readonly children: (data: Data) => ReactNode
  /** How many grey lines stand there until the data is there. */
  readonly lines?: number
}

/** Shows what was read; before that, grey lines; after a failure, why, above what was read before. */
export function Loaded<Data>({ query, children, lines = 3 }: LoadedProps<Data>) {
  const { data, error, refetch } = query
  return (
    <>
      {error !== null && <Fault error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <Skeleton lines={lines} /> : children(data)}
    </>
  )
}
