import { useSearch } from '@tanstack/react-router'

/** Returns the account that the pages show, which stands in the address. Null is the account of the session. */
export function useAccount(): string | null {
  const { account } = useSearch({ strict: false })
  return account ?? null
}
