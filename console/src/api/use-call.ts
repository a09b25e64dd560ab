import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useAccount } from '../account.ts'
import { call, type Input, type Operation, type Reply } from './call.ts'

interface Options {
  /** How often it is asked again, in milliseconds. */
  readonly everyMs?: number
  readonly enabled?: boolean
  /** Whether what was shown stays until the new answer is there. */
  readonly keeps?: boolean
}

/** Reads from the API. Pages that read the same share one request and one answer. */
export function useCall<Name extends Operation>(
  name: Name,
  input: Input<Name> = {},
  { everyMs, enabled = true, keeps = false }: Options = {},
): UseQueryResult<Reply<Name>> {
  const account = useAccount()
  return useQuery<Reply<Name>>({
    queryKey: [name, account, input],
    queryFn: ({ signal }) => call(name, { ...input, account, signal }),
    enabled,
    refetchInterval: everyMs ?? false,
    ...(keeps && { placeholderData: keepPreviousData }),
  })
}

/** Changes something through the API. What was read by the operations in `changes` is then read again. */
export function useChange<Name extends Operation>(
  name: Name,
  changes: readonly Operation[],
): UseMutationResult<Reply<Name>, Error, Input<Name>> {
  const account = useAccount()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input<Name>) => call(name, { ...input, account }),
    onSuccess: () => Promise.all(changes.map((changed) => client.invalidateQueries({ queryKey: [changed] }))),
  })
}
