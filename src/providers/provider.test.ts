import { expect, test } from 'vitest'
import { defineProvider } from './provider.ts'

const facts = {
  slug: 'acme',
  name: 'Acme',
  baseUrl: 'https://acme.example/v1',
  apiKeyVariables: ['ACME_API_KEY'],
  dataPolicy: { training: false, retention: 'none', source: 'https://acme.example', asOf: '2026-11-20' },
  privacyPolicyUrl: null,
  documentation: 'https://acme.example/docs',
} as const

/** The compiler reads these; what runs only shows that nothing is changed. */
test('issue 10.3: quirks are those of the provider’s language', () => {
  const provider = defineProvider({ ...facts, protocol: 'messages', quirks: { serviceTier: true } })
  expect(provider).toEqual({ ...facts, protocol: 'messages', quirks: { serviceTier: true } })

  // @ts-expect-error: how reasoning is asked for differs only between those who speak chat-completions.
  defineProvider({ ...facts, protocol: 'messages', quirks: { serviceTier: true, reasoningField: 'thinking' } })
  // @ts-expect-error: a host of Messages may be Vertex AI, one of chat-completions is an address.
  defineProvider({ ...facts, protocol: 'chat-completions', quirks: { host: 'vertex' } })
  // @ts-expect-error: Converse has no quirks.
  defineProvider({ ...facts, protocol: 'converse', quirks: { serviceTier: true } })
  defineProvider({
    ...facts,
    protocol: 'chat-completions',
    quirks: { reasoningField: 'thinking' },
    dialects: [
      { models: /^claude-/, protocol: 'messages', quirks: { host: 'vertex' } },
      // @ts-expect-error: a dialect's quirks are those of the dialect's language.
      { models: /^gemini-/, protocol: 'generate-content', quirks: { serviceTier: true, cacheControl: true } },
    ],
  })
})
