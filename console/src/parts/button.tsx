import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

type Look = 'solid' | 'plain' | 'quiet' | 'danger'

const looks: Readonly<Record<Look, string>> = {
  solid: 'bg-solid text-white border-transparent hover:brightness-110',
  plain: 'bg-panel border-line hover:border-edge',
  quiet: 'border-transparent text-soft hover:text-text hover:bg-sunken',
  danger: 'bg-panel border-line text-bad hover:border-bad',
}

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: Look
  /** While it runs, the button cannot be pressed again. */
  readonly isBusy?: boolean
}

/** A button. The most important one of a page is solid. */
export function Button({ look = 'plain', isBusy = false, className, disabled, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy}
      className={classes(
        'inline-flex h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium whitespace-nowrap',
        'disabled:cursor-not-allowed disabled:opacity-55',
        looks[look],
        className,
      )}
    />
  )
}
