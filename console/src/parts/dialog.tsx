import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/**
 * A dialog over the page. It is the browser's own: the focus stays inside, Escape closes it, and nothing beside it can be reached. Radix's
 * would write a style into the page, which the policy of the console forbids.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    ref.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={onClose}
      className="m-auto max-h-[90dvh] w-[min(32rem,calc(100vw-2rem))] overflow-y-auto rounded-lg border border-line bg-panel p-0 text-text shadow-xl"
    >
      <header className="flex items-center border-b border-line py-2 pr-2 pl-4">
        <h2 id={id} className="mr-auto text-base font-semibold">
          {title}
        </h2>
        <Button look="quiet" className="px-2" onClick={() => ref.current?.close()}>
          <Icon name="close" />
          <span className="sr-only">Close</span>
        </Button>
      </header>
      <div className="px-4 py-4">{children}</div>
    </dialog>
  )
}
