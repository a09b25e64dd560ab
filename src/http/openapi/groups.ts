/** The headings of the routes, with the text below them. */
export const groups = {
  Generation: 'Send requests to models.',
  Catalogue: 'The models, with their providers and prices.',
  Account: 'What a key and its account may spend, and what was generated with them.',
  Keys: 'The inference keys of an account, for management keys.',
  Presets: 'Settings of requests that are stored under a name, by which requests use them.',
  'Provider keys': 'The keys that an account brings for providers (BYOK). They are never shown.',
  Destinations: 'The services to which the generations of an account are sent (Broadcast), for management keys.',
  Analytics: 'What was used, spent and measured, for management keys.',
  Operator: 'What the console and other tools of the operator need, for management keys and sessions of the console.',
  Gateway: 'The gateway itself.',
} as const

export type GroupName = keyof typeof groups
