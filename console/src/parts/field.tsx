import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from './classes.ts'

const inputClasses =
  'h-8 w-full min-w-0 rounded-md border border-edge/60 bg-panel px-2.5 text-sm hover:border-edge disabled:opacity-55'

interface FieldProps {
  readonly label: string
  /** What to write, or why. */
  readonly hint?: ReactNode
  /** The label is for screen readers only, where the place says what the field is. */
  readonly isBare?: boolean
  readonly className?: string
}

interface FrameProps extends FieldProps {
  readonly id: string
  readonly children: ReactNode
}

function Frame({ id, label, hint, isBare = false, className, children }: FrameProps) {
  return (
    <div className={classes('min-w-0', className)}>
      <label htmlFor={id} className={isBare ? 'sr-only' : 'mb-1 block text-xs font-medium text-soft'}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-soft">
          {hint}
        </p>
      )}
    </div>
  )
}

const hintOf = (id: string, hint: ReactNode): string | undefined => (hint === undefined ? undefined : `${id}-hint`)

/** A line of text with its label. */
export function TextField({
  label,
  hint,
  isBare,
  className,
  ...input
}: FieldProps & Omit<ComponentProps<'input'>, 'id'>) {
  const id = useId()
  return (
    <Frame {...{ id, label, hint, isBare, className }}>
      <input {...input} id={id} aria-describedby={hintOf(id, hint)} className={inputClasses} />
    </Frame>
  )
}

/** Several lines of text with their label. */
export function TextArea({
  label,
  hint,
  isBare,
  className,
  ...input
}: FieldProps & Omit<ComponentProps<'textarea'>, 'id'>) {
  const id = useId()
  return (
    <Frame {...{ id, label, hint, isBare, className }}>
      <textarea
        {...input}
        id={id}
        aria-describedby={hintOf(id, hint)}
        className={classes(inputClasses, 'h-auto min-h-16 resize-y py-1.5')}
      />
    </Frame>
  )
}

/** A choice of few. It is the browser's own element, which works with keyboards and on phones. */
export function Select({
  label,
  hint,
  isBare,
  className,
  ...input
}: FieldProps & Omit<ComponentProps<'select'>, 'id'>) {
  const id = useId()
  return (
    <Frame {...{ id, label, hint, isBare, className }}>
      <select {...input} id={id} aria-describedby={hintOf(id, hint)} className={classes(inputClasses, 'pr-1')} />
    </Frame>
  )
}

/** A box to tick. */
export function Checkbox({
  label,
  hint,
  className,
  ...input
}: FieldProps & Omit<ComponentProps<'input'>, 'id' | 'type'>) {
  const id = useId()
  return (
    <div className={classes('flex items-start gap-2', className)}>
      <input
        {...input}
        id={id}
        type="checkbox"
        aria-describedby={hintOf(id, hint)}
        className="mt-0.5 size-4 accent-solid"
      />
      <label htmlFor={id}>
        {label}
        {hint !== undefined && (
          <span id={`${id}-hint`} className="block text-xs text-soft">
            {hint}
          </span>
        )}
      </label>
    </div>
  )
}
