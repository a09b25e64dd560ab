/** The headings under which routes are shown, and what is said below them. */
export const groups = {
  Generation: 'Ask a model.',
  Catalogue: 'What models there are, at which providers and prices.',
  Account: 'What a key may do, and what was done with it.',
  Gateway: 'The gateway itself.',
} as const

export type GroupName = keyof typeof groups
