import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Tone = 'good' | 'warn' | 'bad' | 'neutral' | 'accent'

const tones: Readonly<Record<Tone, string>> = {
  good: 'bg-good-back text-good',
  warn: 'bg-warn-back text-warn',
  bad: 'bg-bad-back text-bad',
  neutral: 'bg-sunken text-soft',
  accent: 'bg-accent-back text-accent',
}

/** The state of something, in a word. The colour only repeats it. */
export function Badge({
  tone = 'neutral',
  children,
  title,
}: {
  readonly tone?: Tone
  readonly children: ReactNode
  readonly title?: string
}) {
  return (
    <span
      title={title}
      className={classes('inline-block rounded px-1.5 text-xs font-medium whitespace-nowrap', tones[tone])}
    >
      {children}
    </span>
  )
}
