/** The headings of the routes, with the text below them. */
export const groups = {
  Generation: 'Send requests to models.',
  Catalogue: 'The models, with their providers and prices.',
  Account: 'What a key may spend, and what was generated with it.',
  'Provider keys': 'The keys that an account brings for providers (BYOK). They are never shown.',
  Gateway: 'The gateway itself.',
} as const

export type GroupName = keyof typeof groups
