import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

const keys = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'the-secret-access-key',
  AWS_REGION: 'eu-west-1',
}

describe.each([
  ['static keys', { variables: { ...keys, AWS_SESSION_TOKEN: 'the-session-token' } }],
  ['an API key', { api_key: 'bedrock-api-key', variables: keys }],
])('the provider that is built in, with %s', (how, credentials) => {
  let bedrock: Simulator
  let gateway: TestGateway
  beforeAll(async () => {
    bedrock = await startSimulator()
    const endpoint = (model: string) => ({
      endpoints: [{ provider: 'amazon-bedrock', model, pricing: { prompt: 1, completion: 2 } }],
    })
    gateway = await startGateway({
      providers: {
        'amazon-bedrock': { base_url: bedrock.url, ...credentials },
        'prov-a': { base_url: bedrock.url },
        'prov-b': { base_url: bedrock.url },
        'prov-c': { base_url: bedrock.url },
      },
      models: { 'test/steady': endpoint('steady'), 'test/refused': endpoint('status-403') },
    })
  })
  afterAll(async () => {
    await gateway.close()
    await bedrock.close()
  })

  test('is called as AWS has it', async () => {
    const response = await gateway.chat({ model: 'test/steady' })
    expect(Object(await response.json())).toMatchObject({
      provider: 'Amazon Bedrock',
      choices: [{ message: { content: simulatedText(12) } }],
    })
    const { headers, path } = bedrock.journal().at(-1) ?? {}
    expect(path).toBe('/model/steady/converse')
    if (how === 'an API key') {
      expect(headers?.['authorization']).toBe('****-key')
      expect(headers).not.toHaveProperty('x-amz-date')
    } else {
      expect(headers?.['authorization']).toMatch(/^\*{4}[0-9a-f]{4}$/)
      expect(headers?.['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/)
      expect(headers).toHaveProperty('x-amz-security-token')
    }
  })

  test('refused, with an error that does not mention the credentials', async () => {
    const response = await gateway.chat({ model: 'test/refused' })
    expect(response.status).toBe(502)
    const said = `${await response.text()}${gateway.log.join('')}`
    expect(said).toContain('refused the credentials')
    for (const secret of ['AKIDEXAMPLE', 'the-secret', 'the-session', 'bedrock-api-key']) {
      expect(said).not.toContain(secret)
    }
  })
})
