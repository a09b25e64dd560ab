import type { ReactNode } from 'react'

interface FactsProps {
  /** Names and values. What is null is left out. */
  readonly facts: readonly (readonly [name: string, value: ReactNode])[]
  readonly areNumbers?: boolean
}

/** A list of names and values. */
export function Facts({ facts, areNumbers = false }: FactsProps) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      {facts.map(([name, value], index) =>
        value === null || value === undefined ? null : (
          <div key={`${name}${index}`} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className={`break-words ${areNumbers ? 'text-right tabular-nums' : ''}`}>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
