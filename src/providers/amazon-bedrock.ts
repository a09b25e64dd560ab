import { awsSigV4 } from '../upstream/sign/aws-sigv4.ts'
import { penalties, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'amazon-bedrock',
  name: 'Amazon Bedrock',
  protocol: 'converse',
  baseUrl: 'https://bedrock-runtime.{AWS_REGION}.amazonaws.com',
  apiKeyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
  variables: ['AWS_REGION'],
  variableDefaults: { AWS_REGION: 'us-east-1' },
  // All sets but the first need the package @aws-sdk/credential-provider-node, which reads them itself.
  credentialVariables: [
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['AWS_PROFILE'],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'],
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
  ],
  optionalVariables: ['AWS_SESSION_TOKEN'],
  sign: awsSigV4('bedrock'),
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/data-protection.html',
    asOf: '2026-11-20',
  },
  quirks: {},
  supportedParameters: [...without(usual, ...penalties, 'seed'), 'top_k', 'parallel_tool_calls', 'verbosity'],
  // Contract §4.5. The vendor's own documentation does not mention this.
  cancels: false,
  privacyPolicyUrl: 'https://aws.amazon.com/privacy/',
  termsOfServiceUrl: 'https://aws.amazon.com/service-terms/',
  statusPageUrl: 'https://health.aws.amazon.com/health/status',
  headquarters: 'US',
  documentation: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
})
