import { awsSigV4 } from '../upstream/sign/aws-sigv4.ts'
import { isObject, parseJson, stringOf } from '../util/json.ts'
import { fullMatch } from '../util/pattern.ts'
import { penalties, usual, without } from './parameters.ts'
import { type BroughtKey, defineProvider, keyFault, type KeyFault } from './provider.ts'
import { bedrockServices } from './services.ts'

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
  readKey,
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
  services: bedrockServices,
  privacyPolicyUrl: 'https://aws.amazon.com/privacy/',
  termsOfServiceUrl: 'https://aws.amazon.com/service-terms/',
  statusPageUrl: 'https://health.aws.amazon.com/health/status',
  headquarters: 'US',
  documentation: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
})

/** Reads an API key of Bedrock, or the access key of an IAM user with its region (contract §6.17). */
function readKey(text: string): BroughtKey | KeyFault {
  if (!text.startsWith('{')) return { type: 'key', apiKey: text, shown: text }
  const parsed = parseJson(text)
  const fields = isObject(parsed) ? parsed : {}
  const region = stringOf(fields['region'])
  const [id, secret] = [stringOf(fields['accessKeyId']), stringOf(fields['secretAccessKey'])]
  if (!id || !secret || region === undefined || fullMatch(/^[a-z]{2}(-[a-z]+){1,3}-\d$/, region) === null) {
    return keyFault(
      'must be an API key of Bedrock, or a JSON object {"accessKeyId", "secretAccessKey", "region"} with a region such as us-east-1.',
    )
  }
  const session = stringOf(fields['sessionToken'])
  return {
    type: 'key',
    variables: {
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: region,
      ...(session !== undefined && { AWS_SESSION_TOKEN: session }),
    },
    shown: secret,
  }
}
