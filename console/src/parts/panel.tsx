import { type ReactNode, useId } from 'react'
import { classes } from './classes.ts'

interface PanelProps {
  readonly title?: ReactNode
  /** What stands at the right of the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
  /** The content reaches the edges, as tables do. */
  readonly isFlush?: boolean
}

/** A part of a page with a title. */
export function Panel({ title, actions, children, className, isFlush = false }: PanelProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className={classes('min-w-0 rounded-lg border border-line bg-panel', className)}
    >
      {title !== undefined && (
        <header className="flex min-h-11 flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
          <h2 id={id} className="mr-auto text-sm font-semibold">
            {title}
          </h2>
          {actions}
        </header>
      )}
      <div className={isFlush ? '' : 'px-4 py-3'}>{children}</div>
    </section>
  )
}

interface PageHeaderProps {
  readonly title: ReactNode
  readonly children?: ReactNode
}

/** The title of a page, with what can be done on it. */
export function PageHeader({ title, children }: PageHeaderProps) {
  return (
    <header className="mb-4 flex flex-wrap items-center gap-2">
      <h1 className="mr-auto min-w-0 text-xl font-semibold tracking-tight break-words">{title}</h1>
      {children}
    </header>
  )
}
