import { usual } from './parameters.ts'
import { defineProvider } from './provider.ts'
import { cohereServices } from './services.ts'

export default defineProvider({
  slug: 'cohere',
  name: 'Cohere',
  protocol: 'cohere-chat',
  baseUrl: 'https://api.cohere.com/v2',
  apiKeyVariables: ['CO_API_KEY', 'COHERE_API_KEY'],
  dataPolicy: {
    // Requests are used for training unless the account's owner turns that off in a setting.
    training: true,
    retention: 'days:30',
    source: 'https://cohere.com/data-usage-policy',
    asOf: '2026-11-20',
  },
  quirks: {},
  supportedParameters: [...usual, 'top_k'],
  services: cohereServices,
  privacyPolicyUrl: 'https://cohere.com/privacy',
  termsOfServiceUrl: 'https://cohere.com/terms-of-use',
  statusPageUrl: 'https://status.cohere.com/',
  headquarters: 'CA',
  documentation: 'https://docs.cohere.com/reference/chat',
})
