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

/** The compiler checks these types. The code that runs only shows that nothing is changed. */
test('quirks are those of the provider’s language', () => {
  const provider = defineProvider({ ...facts, protocol: 'messages', quirks: { serviceTier: true } })
  expect(provider).toEqual({ ...facts, protocol: 'messages', quirks: { serviceTier: true } })

  // @ts-expect-error: the field that requests reasoning differs only between hosts with chat-completions.
  defineProvider({ ...facts, protocol: 'messages', quirks: { serviceTier: true, reasoningField: 'thinking' } })
  // @ts-expect-error: a host with Messages may be Vertex AI; a host with chat-completions may not.
  defineProvider({ ...facts, protocol: 'chat-completions', quirks: { host: 'vertex' } })
  // @ts-expect-error: Converse has no quirks.
  defineProvider({ ...facts, protocol: 'converse', quirks: { serviceTier: true } })
  defineProvider({
    ...facts,
    protocol: 'chat-completions',
    quirks: { reasoningField: 'thinking' },
    dialects: [
      { models: /^claude-/, protocol: 'messages', quirks: { host: 'vertex' } },
      // @ts-expect-error: a dialect's quirks are those of the dialect's protocol.
      { models: /^gemini-/, protocol: 'generate-content', quirks: { serviceTier: true, cacheControl: true } },
    ],
  })
})
