import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadEntries } from '../../src/catalog/load-entries.ts'
import { importLiteLlm } from '../../src/importers/litellm/import-litellm.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { runWaygate, startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'

const everything = readFileSync(new URL('../fixtures/litellm/everything.yaml', import.meta.url), 'utf8')

/** Runs the command on a file with this text. */
async function run(text: string, ...more: readonly string[]) {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'config.yaml'), text)
  return { directory, ...(await runWaygate(['import', 'litellm', 'config.yaml', ...more], { directory })) }
}

test('takes over models, deployments, prices, names, times and keys', async () => {
  const { code, stdout } = await run(everything)
  expect(code).toBe(0)
  const config = parse(stdout)
  expect(config).toMatchObject({
    discovery: false,
    keys: [{ name: 'litellm-master', key: '${MASTER}' }],
    storage: { redis_url: 'redis://:${REDIS_PASSWORD}@localhost:1992' },
    timeouts: { total_ms: 10_000 },
    routing: { outage_window_s: 45 },
    aliases: { 'gpt-4': 'litellm/gpt-4o' },
    providers: {
      openai: { api_keys: ['${OPENAI_API_KEY}', '${OPENAI_KEY_TWO}'] },
      azure: { base_url: 'https://my-endpoint-europe.openai.azure.com/openai/v1', api_key: '${AZURE_API_KEY_EU}' },
      'azure-my-endpoint-canada': { base_url: 'https://my-endpoint-canada.openai.azure.com/openai/v1' },
      'amazon-bedrock': { variables: { AWS_REGION: 'us-east-1' } },
      'openai-0-0-0-0-4000': { base_url: 'http://0.0.0.0:4000/v1', api_key: 'none' },
      ollama: { base_url: 'http://box:11434/v1' },
      groq: { api_key: '${GROQ_TEAM_KEY}' },
      'anthropic-claude-internal': { base_url: 'https://claude.internal/v1', protocol: 'messages' },
    },
  })
  // The deployment with the lower order first; the two of OpenAI differ in their key alone.
  expect(config.models['litellm/gpt-4o']).toMatchObject({
    aliases: ['gpt-4o'],
    endpoints: [
      { provider: 'openai', model: 'gpt-4o' },
      { provider: 'azure', model: 'gpt-4o-eu' },
      { provider: 'azure-my-endpoint-canada', model: 'gpt-4o-ca' },
    ],
  })
  expect(config.models['litellm/vllm-models']).toEqual({
    aliases: ['vllm-models'],
    context_length: 8000,
    endpoints: [
      { provider: 'openai-0-0-0-0-4000', model: 'facebook/opt-125m', pricing: { prompt: 2.5, completion: 10 } },
    ],
  })
})

test('LiteLLM’s own table of prices is replaced by the catalogue: a deployment has that of its base model', () => {
  const { config } = importLiteLlm(everything, loadEntries())
  const known = loadEntries()
    .flatMap(({ endpoints }) => endpoints)
    .find(({ provider, model }) => provider === 'azure' && model === 'gpt-4o')
  expect(known?.pricing.prompt).toBeGreaterThan(0)
  expect(config).toMatchObject({
    models: { 'litellm/gpt-4o': { endpoints: [{}, { pricing: { prompt: known?.pricing.prompt } }, {}] } },
  })
})

test('names everything that is left out, with its line and the reason', async () => {
  const { stderr } = await run(everything)
  const lines = everything.split('\n')
  const remarks = [...stderr.matchAll(/^config\.yaml:(\d+) (\S+): (.+)$/gm)].map(
    ([, line, path = '', message = '']) => ({
      text: lines[Number(line) - 1] ?? '',
      path,
      message,
    }),
  )
  const of = (path: string) => remarks.find((remark) => remark.path === path)
  expect(of('model_list[0].litellm_params.rpm')).toMatchObject({ text: expect.stringContaining('rpm: 6') })
  expect(of('model_list[6]')).toMatchObject({ message: expect.stringContaining('discovery: true') })
  expect(of('model_list[7]')).toMatchObject({ message: expect.stringContaining('moderation') })
  expect(of('model_list[9]')).toMatchObject({ message: expect.stringContaining('one region') })
  expect(of('model_list[12]')).toMatchObject({ message: expect.stringContaining('sagemaker/x') })
  expect(of('model_list[2].litellm_params.model')).toMatchObject({ message: expect.stringContaining('no known price') })
  expect(of('litellm_settings.fallbacks[0].gpt-4o')).toMatchObject({
    text: expect.stringContaining('fallbacks'),
    message: expect.stringContaining('"models": ["litellm/gpt-4o","litellm/claude"]'),
  })
  expect(of('general_settings.database_url')).toMatchObject({ message: expect.stringContaining('database of its own') })
  // No key of the file is neither in the result nor remarked on.
  const paths = remarks.map(({ path }) => path)
  for (const path of ['environment_variables', 'model_list[5].model_info.version', 'litellm_settings.num_retries']) {
    expect(paths).toContain(path)
  }
  expect(new Set(paths).size).toBe(paths.length)
})

test('the result passes waygate check, is written for its user alone, and replaces no file', async () => {
  const { directory, code, stdout } = await run(everything, '--out', 'waygate.yaml')
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('waygate check --config waygate.yaml'),
  })
  const text = readFileSync(join(directory, 'waygate.yaml'), 'utf8')
  const variables = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `${name}-0123456789`])
  const environment = { ...Object.fromEntries(variables), ANTHROPIC_API_KEY: 'sk-x', AWS_BEARER_TOKEN_BEDROCK: 'x' }
  const checked = await runWaygate(['check'], { directory, environment })
  expect(checked).toMatchObject({ code: 0, stderr: '' })
  expect(checked.stdout).toMatch(/Keys +litellm-master\n/)
  expect(checked.stdout).toMatch(/azure-my-endpoint-canada +1 model +is configured\n/)
  const again = await runWaygate(['import', 'litellm', 'config.yaml', '--out', 'waygate.yaml'], { directory })
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^waygate\.yaml exists already/) })
})

test('clients get an answer by the names that they used before, with the old master key', async () => {
  const simulator = await startSimulator()
  onTestFinished(() => simulator.close())
  const { directory } = await run(
    `
model_list:
  - model_name: team/chat model
    litellm_params: { model: openai/steady, api_base: ${simulator.url}/one/v1, api_key: sk-one }
  - model_name: smart
    litellm_params: { model: hosted_vllm/org/status-503, api_base: ${simulator.url}/two/v1 }
  - model_name: smart
    litellm_params: { model: openai/steady, api_base: ${simulator.url}/one/v1, api_key: sk-one }
  - model_name: known vectors
    litellm_params: { model: openai/text-embedding-3-small, api_base: ${simulator.url}/one/v1, api_key: sk-one }
  - model_name: own-vectors
    litellm_params: { model: openai/our-own, api_base: ${simulator.url}/one/v1, api_key: sk-one }
    model_info: { mode: embedding }
router_settings:
  model_group_alias: { old-name: smart }
general_settings: { master_key: sk-the-old-master-key }
`,
    '--out',
    'waygate.yaml',
  )
  const server = startWaygate(['serve', '--port', '0'], { directory })
  const url = await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
  const ask = async (path: string, body: object): Promise<unknown> => {
    const headers = { authorization: 'Bearer sk-the-old-master-key', 'content-type': 'application/json' }
    const reply = await fetch(`${url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return await reply.json()
  }
  for (const model of ['smart', 'old-name', 'litellm/team-chat-model']) {
    // Both endpoints are free, so that a sorted route begins with the first of the file, where a balanced one draws.
    const messages = [{ role: 'user', content: 'hi' }]
    const reply = await ask('/chat/completions', { model, messages, provider: { sort: 'price' } })
    expect(reply).toMatchObject({ choices: [{ message: { content: simulatedText(12) } }] })
  }
  for (const model of ['litellm/known-vectors', 'own-vectors']) {
    const reply = await ask('/embeddings', { model, input: 'hi' })
    expect(reply).toMatchObject({ data: [{ index: 0, embedding: expect.arrayContaining([expect.any(Number)]) }] })
  }
  expect(new Set(simulator.journal().map(({ model }) => model))).toContain('org/status-503')
})

test('what a model produces follows from its mode, else from the catalogue', async () => {
  const { stdout } = await run(`
model_list:
  - { model_name: chat, litellm_params: { model: openai/gpt-4o } }
  - { model_name: picture, litellm_params: { model: openai/gpt-image-1 }, model_info: { mode: image_generation } }
  - { model_name: order, litellm_params: { model: cohere/rerank-v3.5 } }
  - { model_name: voice, litellm_params: { model: openai/tts-1 } }
  - { model_name: ear, litellm_params: { model: openai/our-whisper }, model_info: { mode: audio_transcription } }
`)
  const models: Readonly<Record<string, { readonly output_modalities?: unknown }>> = parse(stdout).models
  expect(Object.entries(models).map(([slug, model]) => [slug, model.output_modalities])).toEqual([
    ['litellm/chat', undefined],
    ['litellm/picture', ['image']],
    ['litellm/order', ['rerank']],
    ['litellm/voice', ['speech']],
    ['litellm/ear', ['transcription']],
  ])
})

test('a file that is not there is named once', async () => {
  const { code, stderr } = await runWaygate(['import', 'litellm', 'none.yaml'], { directory: temporaryDirectory() })
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'none.yaml: there is no such file.\n' })
})

test.each([
  ['model_list: [', /^config\.yaml: line 1: this is not valid YAML/],
  ['- a', /must be a map/],
  ['model_list: []', /no model that can be imported/],
  ['model_list: [{ model_name: a, litellm_params: { model: nowhere/b } }]', /no model that can be imported/],
])('refuses what is no configuration: %s', async (text, message) => {
  const { code, stdout, stderr } = await run(text)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(message)
})

test('a key that is too short is named, and not taken over', async () => {
  const { stdout, stderr } = await run(
    'model_list: [{ model_name: a, litellm_params: { model: gpt-4o } }]\ngeneral_settings: { master_key: sk-1234 }',
  )
  expect(parse(stdout)).not.toHaveProperty('keys')
  expect(stderr).toMatch(/config\.yaml:2 general_settings\.master_key: left out: a key has at least 16 characters/)
  expect(stderr).not.toContain('sk-1234')
})

test('dated names, and those of Bedrock, have the prices and windows of their models', async () => {
  const names = [
    'anthropic/claude-sonnet-4-5-20250929',
    'anthropic/claude-haiku-4-5-20251001',
    'claude-opus-4-5-20251101',
    'openai/gpt-5-2025-08-07',
    'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'vertex_ai/claude-sonnet-4-5@20250929',
  ]
  const list = names.map((model, index) => `  - { model_name: m${index}, litellm_params: { model: "${model}" } }`)
  const { stdout, stderr } = await run(`model_list:\n${list.join('\n')}\n`)
  expect(stderr).not.toContain('no known price')
  const { models } = parse(stdout)
  for (const index of names.keys()) {
    expect(models[`litellm/m${index}`]).toMatchObject({
      context_length: expect.any(Number),
      input_modalities: expect.arrayContaining(['image']),
      endpoints: [{ pricing: { prompt: expect.any(Number), completion: expect.any(Number) } }],
    })
  }
})

test('bare names of OpenAI that are no chats are OpenAI’s', async () => {
  const names = ['text-embedding-3-small', 'whisper-1', 'tts-1', 'dall-e-3', 'gpt-image-1']
  const list = names.map((name) => `  - { model_name: ${name}, litellm_params: { model: ${name} } }`)
  const { stdout } = await run(`model_list:\n${list.join('\n')}\n`)
  const { models } = parse(stdout)
  for (const name of names) expect(models[`litellm/${name}`]).toMatchObject({ endpoints: [{ provider: 'openai' }] })
})

test('of two time limits the one that is left out is named, and so is what is offered besides', async () => {
  const { stdout, stderr } = await run(`
model_list: [{ model_name: a, litellm_params: { model: openai/gpt-4o } }]
router_settings: { timeout: 30 }
litellm_settings: { request_timeout: 600 }
`)
  expect(parse(stdout).timeouts).toEqual({ total_ms: 30_000 })
  expect(stderr).toContain(
    'config.yaml:4 litellm_settings.request_timeout: left out: router_settings.timeout has priority over it.',
  )
  expect(stderr).toMatch(/^config\.yaml:2 model_list: is not all that is offered here: .*\(\d+ of openai\)/m)
})
