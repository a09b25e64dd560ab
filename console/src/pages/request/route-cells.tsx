import type { ReactNode } from 'react'
import { Badge } from '../../parts/badge.tsx'

interface EndpointCellProps {
  readonly name: ReactNode
  readonly model: string
  readonly endpoint: string
}

/** An endpoint of a route, under the name of its provider. */
export function EndpointCell({ name, model, endpoint }: EndpointCellProps) {
  return (
    <span className="block min-w-32">
      {name}
      <span className="block text-xs text-soft">
        {model} · {endpoint}
      </span>
    </span>
  )
}

interface ReasonCellProps {
  readonly excludedBy: { readonly rule: string; readonly field: string; readonly detail: string } | null
  /** What is shown for an endpoint that no rule excluded. */
  readonly children: ReactNode
}

/** Why an endpoint is part of a route, or which rule excluded it. */
export function ReasonCell({ excludedBy, children }: ReasonCellProps) {
  return (
    <span className="block min-w-40 text-pretty">
      {excludedBy === null ? (
        children
      ) : (
        <>
          <Badge tone="warn">left out</Badge> {excludedBy.detail}{' '}
          <span className="text-xs text-soft">
            ({excludedBy.rule}
            {excludedBy.field !== '' && `, from ${excludedBy.field}`})
          </span>
        </>
      )}
    </span>
  )
}
