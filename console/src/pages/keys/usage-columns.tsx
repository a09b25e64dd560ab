import { money } from '../../format/money.ts'
import { ago, fullTime } from '../../format/time.ts'
import type { Column } from '../../parts/table.tsx'

interface Usage {
  readonly usage: number
  readonly usage_monthly: number
  readonly last_used_at: string | null
}

/** What an account or a key spent. */
export const spendColumns: readonly Column<Usage>[] = [
  {
    id: 'month',
    header: 'This month',
    isNumber: true,
    sortBy: ({ usage_monthly: usage }) => usage,
    cell: ({ usage_monthly: usage }) => money(usage),
  },
  { id: 'usage', header: 'In all', isNumber: true, sortBy: ({ usage }) => usage, cell: ({ usage }) => money(usage) },
]

/** When an account or a key was last used. */
export const lastUsedColumn: Column<Usage> = {
  id: 'used',
  header: 'Last used',
  isMinor: true,
  sortBy: ({ last_used_at: at }) => at,
  cell: ({ last_used_at: at }) =>
    at === null ? <span className="text-soft">never</span> : <span title={fullTime(at)}>{ago(at)}</span>,
}
