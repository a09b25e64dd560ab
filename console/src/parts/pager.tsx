import { useEffect } from 'react'
import { Button } from './button.tsx'

interface PagerProps {
  /** How many rows come before those of the page. */
  readonly offset: number
  /** How many rows the list has in all. */
  readonly total: number
  readonly pageSize: number
  readonly onChange: (offset: number) => void
}

/** The buttons below a list to the pages before and after. A list of one page has none. */
export function Pager({ offset, total, pageSize, onChange }: PagerProps) {
  const last = Math.max(0, Math.ceil(total / pageSize) - 1) * pageSize
  // The last rows of the list were deleted, and their page with them.
  useEffect(() => {
    if (offset > last) onChange(last)
  }, [offset, last, onChange])
  if (total <= pageSize) return null
  return (
    <div className="flex items-center gap-2 border-t border-line px-4 py-2">
      <Button disabled={offset === 0} onClick={() => onChange(offset - pageSize)}>
        Before
      </Button>
      <Button disabled={offset >= last} onClick={() => onChange(offset + pageSize)}>
        Next
      </Button>
      <span className="text-soft">
        {offset + 1} to {Math.min(offset + pageSize, total)} of {total}
      </span>
    </div>
  )
}
