import { defineProvider } from './provider.ts'
import { openAiServices } from './services.ts'

/** The bundled simulator. Its port is known only once it listens, so the code that starts it supplies the variable. */
export default defineProvider({
  slug: 'waygate',
  name: 'Waygate Simulator',
  protocol: 'chat-completions',
  baseUrl: 'http://127.0.0.1:{WAYGATE_SIMULATOR_PORT}/v1',
  apiKeyVariables: [],
  variables: ['WAYGATE_SIMULATOR_PORT'],
  local: true,
  dataPolicy: { training: false, retention: 'none', source: 'docs/providers.md', asOf: '2026-11-20' },
  quirks: {},
  services: openAiServices,
  operations: ['chat', 'completions'],
  privacyPolicyUrl: null,
  documentation: 'docs/providers.md',
})
