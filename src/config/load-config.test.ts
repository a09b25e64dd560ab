import { noLimits } from '../canonical/principal.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builtInProviders, loadText, refusal, temporaryDirectory } from '../../test/config/load-text.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load-config.ts'

const example = `
server: { host: 0.0.0.0, port: 9000, keep_alive_ms: 90000 }
log: { level: warn, format: pretty }
storage:
  { url: "sqlite:data/w.db", redis_url: "rediss://:hunter2@redis:6380/2", journal: data/journal, durability: power, retention_days: 30, retention_mb: 2, content_retention_days: 7 }
accounts: { team-a: { log_content: true } }
keys:
  - { name: dev, key: "\${DEV_KEY}", limit: 2.5, limit_reset: weekly, include_byok_in_limit: true, requests_per_minute: 60, tokens_per_minute: 9000 }
  - { name: old, key: sk-0123456789abcdef, account: team-a, disabled: true, expires_at: 2027-01-01T00:00:00Z }
  - { name: admin, key: admin-0123456789, management: true, limit: null }
providers:
  prov-a:
    name: Prov A
    base_url: http://\${HOST}:9001/v1/
    api_key: \${PROV_A_KEY}
    data_policy: { training: false, retention: days:30 }
    hedge: { at: p90, budget: 0.1 }
  prov-b: { base_url: "https://b.example/v1", protocol: completions, api_keys: [k1, k2], data_policy: {} }
  openai: { api_key: k, hedge: {} }
models:
  acme/m1:
    name: Acme M1
    family: m
    created: 2026-01-01
    context_length: 8192
    reasoning: { mandatory: true, efforts: [low, high] }
    distillable: true
    aliases: [acme/m-one]
    input_modalities: [text, image]
    endpoints:
      - provider: prov-a
        model: m1
        tag: prov-a/turbo
        tier: flex
        pricing:
          prompt: 1
          completion: 2
          input_cache_read: 0.1
          web_search: 0.01
          overrides:
            - { min_prompt_tokens: 200000, prompt: 2, input_audio_cache: 0.2 }
            - { utc_start: 1630, utc_end: 0030, completion: 1 }
        quantization: fp8
        max_completion_tokens: 4096
        prefill: true
        operations: [chat]
        supported_parameters: [temperature, top_p]
      - { provider: openai, model: m-1 }
default_model: acme/m1
aliases: { 'claude-*-haiku*': 'acme/m1:nitro' }
routing:
  seed: 42
  outage_window_s: 0.5
  sticky_ttl_s: 300
  auto: { default: [acme/m1], "code:debugging": [acme/m1, acme/m-one] }
  coding_scores: { acme/m1: 0.7 }
timeouts: { connect_ms: 100 }
stream_rescue: continue
keepalive_ms: 20
secrets: { key_file: data/secret.key }
limits: { body_mb: 0.5, requests_per_minute: null, tokens_per_minute: 100000, free_models: { per_day: 1000 } }
fetch: { allow: [10.0.0.0/8, "fd12::/16", 192.168.1.2, "*.svc.cluster.local", Files_1.internal] }
search:
  default: exa
  searxng: { base_url: http://127.0.0.1:8888/searx/ }
  exa: { api_key: exa-key, price_per_request: "\${PRICE}" }
  firecrawl: { base_url: http://10.1.2.3:3002, price_per_request: 0, price_per_page: 0.002 }
console: { enabled: false }
telemetry: { metrics: true, metrics_key: prometheus-0123456789 }
byok: { fee_percent: 2.5, monthly_allowance: 100 }
moderation: { api_key: judge-key, block: [hate], rules: [{ category: own, terms: ["a word"] }], built_in_rules: false }
ocr: { mistral: { api_key: ocr-key, base_url: https://ocr.internal/v1/, price_per_1000_pages: 1.5 } }
`
const environment = { DEV_KEY: 'dev-0123456789abcdef', HOST: '127.0.0.1', PROV_A_KEY: 'secret', PRICE: '0.005' }

describe('a valid configuration', () => {
  test('every key has its place in the program’s configuration', () => {
    const directory = temporaryDirectory()
    expect(loadText(example, environment, directory)).toEqual({
      server: { host: '0.0.0.0', port: 9000, keepAliveMs: 90_000 },
      log: { level: 'warn', format: 'pretty' },
      byok: { feePercent: 2.5, monthlyAllowance: 100_000_000_000 },
      storage: {
        journal: `${directory}/data/journal`,
        durability: 'power',
        url: `sqlite:${directory}/data/w.db`,
        redisUrl: 'rediss://:hunter2@redis:6380/2',
        retention: { days: 30, bytes: 2 * 1024 * 1024, contentDays: 7 },
      },
      secrets: { keyFile: `${directory}/data/secret.key`, keys: [] },
      keys: [
        {
          name: 'dev',
          key: 'dev-0123456789abcdef',
          account: 'default',
          limit: 2.5,
          limitReset: 'weekly',
          includeByokInLimit: true,
          requestsPerMinute: 60,
          tokensPerMinute: 9000,
          management: false,
          disabled: false,
          expiresAt: null,
        },
        {
          name: 'old',
          key: 'sk-0123456789abcdef',
          account: 'team-a',
          ...noLimits,
          management: false,
          disabled: true,
          expiresAt: Date.UTC(2027, 0, 1),
        },
        {
          name: 'admin',
          key: 'admin-0123456789',
          account: 'default',
          ...noLimits,
          management: true,
          disabled: false,
          expiresAt: null,
        },
      ],
      accounts: new Map([['team-a', { plugins: [], logContent: true }]]),
      discovery: true,
      bareNames: true,
      providers: [
        {
          slug: 'prov-a',
          name: 'Prov A',
          protocol: 'chat-completions',
          baseUrl: 'http://127.0.0.1:9001/v1',
          discover: false,
          apiKeys: ['secret'],
          dataPolicy: { training: false, retention: 'days:30' },
          hedge: { at: 'p90', budget: 0.1 },
        },
        {
          slug: 'prov-b',
          protocol: 'completions',
          baseUrl: 'https://b.example/v1',
          discover: false,
          apiKeys: ['k1', 'k2'],
          dataPolicy: { training: true, retention: 'unknown' },
        },
        { slug: 'openai', apiKeys: ['k'], hedge: { at: 'p95', budget: 0.05 } },
      ],
      models: [
        {
          slug: 'acme/m1',
          name: 'Acme M1',
          family: 'm',
          created: '2026-01-01',
          contextLength: 8192,
          reasoning: { mandatory: true, efforts: ['low', 'high'] },
          distillable: true,
          aliases: ['acme/m-one'],
          inputModalities: ['text', 'image'],
          extends: false,
          endpoints: [
            {
              provider: 'prov-a',
              model: 'm1',
              tag: 'prov-a/turbo',
              tier: 'flex',
              pricing: {
                prompt: 1,
                completion: 2,
                inputCacheRead: 0.1,
                webSearch: 0.01,
                overrides: [
                  { minPromptTokens: 200_000, pricing: { prompt: 2, inputAudioCache: 0.2 } },
                  { utcStart: 1630, utcEnd: 30, pricing: { completion: 1 } },
                ],
              },
              quantization: 'fp8',
              maxCompletionTokens: 4096,
              prefill: true,
              operations: ['chat'],
              supportedParameters: ['temperature', 'top_p'],
            },
            { provider: 'openai', model: 'm-1', tier: 'default', pricing: {} },
          ],
        },
      ],
      defaultModel: 'acme/m1',
      aliases: new Map([['claude-*-haiku*', 'acme/m1:nitro']]),
      routing: {
        seed: 42,
        outageWindowMs: 500,
        probeIntervalMs: 10_000,
        stickyTtlMs: 300_000,
        auto: { default: ['acme/m1'], 'code:debugging': ['acme/m1', 'acme/m-one'] },
        codingScores: { 'acme/m1': 0.7 },
      },
      timeouts: { connectMs: 100, firstTokenMs: 60_000, idleMs: 30_000, totalMs: 600_000 },
      streamRescue: 'continue',
      keepaliveMs: 20,
      limits: {
        bodyBytes: 512 * 1024,
        jsonDepth: 128,
        frameBytes: 32 * 1024 * 1024,
        uploadBytes: 512 * 1024 * 1024,
        callsPerRequest: 16,
        responseCacheBytes: 64 * 1024 * 1024,
        requestsPerMinute: null,
        tokensPerMinute: 100_000,
        freeModels: { perMinute: 20, perDay: 1000 },
      },
      console: { enabled: false },
      broadcast: [],
      telemetry: { metrics: true, metricsKey: 'prometheus-0123456789', otlp: null },
      fetch: { allow: ['10.0.0.0/8', 'fd12::/16', '192.168.1.2', '*.svc.cluster.local', 'Files_1.internal'] },
      moderation: {
        builtInRules: false,
        rules: [{ category: 'own', terms: ['a word'] }],
        onError: 'allow',
        endpoint: {
          baseUrl: 'https://api.openai.com/v1',
          apiKey: 'judge-key',
          model: 'omni-moderation-latest',
          block: ['hate'],
        },
      },
      ocr: {
        mistral: {
          apiKey: 'ocr-key',
          baseUrl: 'https://ocr.internal/v1',
          model: 'mistral-ocr-latest',
          pricePer1000Pages: 1_500_000_000,
        },
      },
      search: [
        {
          slug: 'exa',
          baseUrl: 'https://api.exa.ai',
          apiKey: 'exa-key',
          pricePerSearch: 5_000_000,
          pricePerPage: null,
        },
        {
          slug: 'searxng',
          baseUrl: 'http://127.0.0.1:8888/searx',
          apiKey: null,
          pricePerSearch: null,
          pricePerPage: null,
        },
        {
          slug: 'firecrawl',
          baseUrl: 'http://10.1.2.3:3002',
          apiKey: null,
          pricePerSearch: 0,
          pricePerPage: 2_000_000,
        },
      ],
      environment: {},
      dataDirectory: `${directory}/.waygate`,
      file: `${directory}/waygate.yaml`,
      values: expect.any(Array),
    })
  })

  test('an empty configuration is valid', () => {
    const workingDirectory = temporaryDirectory()
    const surroundings = { OPENAI_API_KEY: 'k', GROQ_API_KEY: '', HOME: '/home/someone' }
    expect(loadConfig({ environment: surroundings, workingDirectory, builtInProviders })).toMatchObject({
      server: { host: '127.0.0.1', port: 8402 },
      storage: {
        url: `sqlite:${workingDirectory}/.waygate/waygate.db`,
        journal: `${workingDirectory}/.waygate/journal`,
        durability: 'process',
        retention: { days: 90, bytes: null, contentDays: 30 },
      },
      discovery: true,
      routing: {
        seed: null,
        outageWindowMs: 30_000,
        probeIntervalMs: 10_000,
        stickyTtlMs: 600_000,
        auto: {},
        codingScores: {},
      },
      console: { enabled: true },
      fetch: { allow: [] },
      environment: { OPENAI_API_KEY: 'k' },
      file: null,
      values: expect.any(Array),
    })
  })

  test('it cannot be changed, at any depth', () => {
    const config = loadText(example, environment)
    for (const part of [config, config.server, config.models, config.models[0]?.endpoints[0]?.pricing]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  test.each([
    ['', true],
    ['models: { a/b: { endpoints: [{ provider: groq, model: m }] } }', true],
    ['discovery: false', false],
  ])('discovery is on, or as it says: %j', (text, discovery) => {
    expect(loadText(text).discovery).toBe(discovery)
  })

  test('neither models nor providers turn discovery off', () => {
    const text =
      'providers: { prov-a: { base_url: "http://x/v1" } }\nmodels: { a/b: { endpoints: [{ provider: prov-a, model: m }] } }'
    expect(loadText(text).discovery).toBe(true)
    expect(loadText(`discovery: false\n${text}`).discovery).toBe(false)
  })

  test('names without author are aliases and a default model too', () => {
    const text =
      'default_model: fast\nbare_names: false\nmodels: { a/b: { aliases: [fast], endpoints: [{ provider: groq, model: m }] } }'
    expect(loadText(text)).toMatchObject({ bareNames: false, defaultModel: 'fast', models: [{ aliases: ['fast'] }] })
  })

  test('JSON with tabs, a byte-order mark, Windows line ends and empty sections can be read', () => {
    expect(loadText('{\n\t"server": {\n\t\t"port": 1\n\t}\n}').server.port).toBe(1)
    expect(loadText('\uFEFFserver:\r\n  port: 2\r\nmodels:\r\n').server.port).toBe(2)
  })
})

describe('variables', () => {
  test('are replaced anywhere in a text, once, and $${ is a literal ${', () => {
    const text = 'models: { a/b: { name: "x${A}y${B}z $${A} $A", endpoints: [{ provider: groq, model: m }] } }'
    expect(loadText(text, { A: '${B}', B: '' }).models[0]?.name).toBe('x${B}yz ${A} $A')
  })

  test('are parsed as numbers and booleans where the schema wants these, and stay text elsewhere', () => {
    const text = 'server: { port: "${P}" }\ndiscovery: ${D}\nkeys: [{ name: "${N}", key: "${K}", limit: "${L}" }]'
    const values = { P: '99', D: 'false', N: '007', K: '12345678901234567890', L: '0.5' }
    const { server, discovery, keys } = loadText(text, values)
    expect({ port: server.port, discovery, ...keys[0] }).toMatchObject({
      port: 99,
      discovery: false,
      name: '007',
      key: '12345678901234567890',
      limit: 0.5,
    })
  })

  test('that are not set are all reported, with line and key, and cause no second error', () => {
    const text =
      'keys:\n  - name: dev\n    key: ${NO_KEY}\n  - { name: b, key: "${NO_KEY}" }\nserver: { port: "${NO_PORT}" }'
    expect(refusal(() => loadText(text)).message.split('\n')).toEqual([
      'waygate.yaml:3:10 keys[0].key: the environment variable NO_KEY is not set. Set it, or remove what needs it.',
      'waygate.yaml:4:21 keys[1].key: the environment variable NO_KEY is not set. Set it, or remove what needs it.',
      'waygate.yaml:5:17 server.port: the environment variable NO_PORT is not set. Set it, or remove what needs it.',
    ])
  })

  test('never show their values in an error', () => {
    const text = `
keys: [{ name: a, key: "\${S}" }, { name: "\${S}", key: "\${S}\${S}" }, { name: "\${S}", key: "\${S}\${S}" }]
providers: { p: { base_url: "\${S}", protocol: "\${S}", api_key: "\${S} " } }
models: { a/b: { created: "\${S}", endpoints: [{ provider: "\${S}", model: "\${S}", tier: "\${S}", tag: "\${S}" }] } }
server: { port: "\${S}" }
discovery: "\${S}"
stream_rescue: "\${S}"
default_model: "\${S}"`
    const { message, problems } = refusal(() => loadText(text, { S: 'hunter2hunter' }))
    expect(problems.length).toBeGreaterThan(10)
    expect(message).not.toContain('hunter2')
  })

  test('must be written in full', () => {
    for (const value of ['${', '${A', '${A-B}', '${A:-b}', '${}']) {
      const { message } = refusal(() => loadText(`default_model: "${value}"`, { A: 'a/b' }))
      expect(message).toContain('waygate.yaml:1:16 default_model: after ${ must come a variable’s name')
    }
  })
})

const refused: readonly (readonly [yaml: string, message: string])[] = [
  // Unknown and missing keys
  ['sever: {}', '1:1 sever: unknown key. Did you mean "server"?'],
  [
    'limits:\n  bananas: 1',
    '2:3 limits.bananas: unknown key. Known here: body_mb, json_depth, frame_mb, uploads_mb, calls_per_request, response_cache_mb, requests_per_minute, tokens_per_minute, free_models.',
  ],
  [
    'models: { a/b: { endpoints: [{ provider: groq, model: m, pricing: { promt: 1 } }] } }',
    '1:69 models.a/b.endpoints[0].pricing.promt: unknown key. Did you mean "prompt"?',
  ],
  [
    'models: { a/b: { endpoints: [{ provider: groq, model: m, pricing: { overrides: [{ min_tokens: 1 }] } }] } }',
    '1:83 models.a/b.endpoints[0].pricing.overrides[0].min_tokens: unknown key. Known here: min_prompt_tokens, utc_start, utc_end, prompt, completion, request, image, audio, input_audio_cache, audio_output, image_output, image_token, output_image, character, audio_second, web_search, search_unit, internal_reasoning, input_cache_read, input_cache_write, input_cache_write_1h.',
  ],
  [
    'models: { a/b: { endpoints: [{ provider: groq, model: m, pricing: { overrides: [{ utc_start: 1630 }] } }] } }',
    '1:81 models.a/b.endpoints[0].pricing.overrides[0]: needs both utc_start and utc_end, or neither.',
  ],
  [
    'models: { a/b: { endpoints: [{ provider: groq, model: m, pricing: { overrides: [{ utc_start: 1275, utc_end: 0 }] } }] } }',
    '1:94 models.a/b.endpoints[0].pricing.overrides[0].utc_start: there is no such time: its last two digits are minutes, as in 1630.',
  ],
  [
    'models: { a/b: { endpoints: [{ provider: groq, model: m, pricing: { overrides: [{ utc_start: 0, utc_end: 2400 }] } }] } }',
    '1:106 models.a/b.endpoints[0].pricing.overrides[0].utc_end: must be between 0 and 2359.',
  ],
  ['keys: [{ name: a }]', '1:8 keys[0]: lacks the key "key".'],
  ['routing: { seed: -1 }', '1:18 routing.seed: must be a whole number between 0 and 4294967295 or null.'],
  ['routing: { sticky_ttl: 5 }', '1:12 routing.sticky_ttl: unknown key. Did you mean "sticky_ttl_s"?'],
  [
    'routing: { auto: { "code:debuging": [a/b] } }',
    '1:20 routing.auto.code:debuging: unknown key. Did you mean "code:debugging"?',
  ],
  [
    'routing: { auto: { math: [b] } }',
    '1:27 routing.auto.math[0]: must be a slug of the form author/model, such as acme/m1.',
  ],
  ['routing: { coding_scores: { a/b: 1.5 } }', '1:34 routing.coding_scores.a/b: must be between 0 and 1.'],
  ['models: { a/b: {} }', '1:16 models.a/b: lacks the key "endpoints".'],
  ['models: { a/b: { endpoints: [] } }', '1:29 models.a/b.endpoints: must have at least one entry.'],
  // Wrong types and ranges
  ['[]', '1:1: must be a map of keys, not a list.'],
  ['hello', '1:1: must be a map of keys, not text.'],
  ['server: 8402', '1:9 server: must be a map of keys, not a number.'],
  ['server: { port: 70000 }', '1:17 server.port: must be between 0 and 65535.'],
  ['server: { port: 1.5 }', '1:17 server.port: must be a whole number between 0 and 65535, not a fraction.'],
  ['server: { port: }', '1:17 server.port: must be a whole number between 0 and 65535, not nothing.'],
  ['limits: { body_mb: 0 }', '1:20 limits.body_mb: must be above 0 and at most 1024.'],
  ['limits: { body_mb: .nan }', '1:20 limits.body_mb: must be a number, not NaN or infinity.'],
  ['stream_rescue: true', '1:16 stream_rescue: must be one of off, continue.'],
  [
    'providers: { openai: { discover: true } }',
    '1:24 providers.openai.discover: is for local servers and providers of your own: the catalogue has the models of this one, with prices.',
  ],
  [
    'providers: { p: { base_url: "http://x", protocol: converse, discover: true } }',
    '1:61 providers.p.discover: needs a protocol in which models can be listed, which converse is not.',
  ],
  ['discovery: yes', '1:12 discovery: must be true or false, not text.'],
  ['keys: [{ name: a, key: 1234567890123456 }]', '1:24 keys[0].key: must be text, not a number. Put it in quotes.'],
  ['keys: [{ name: a, key: short }]', '1:24 keys[0].key: must have at least 16 characters.'],
  [
    'keys: [{ name: a, key: sk-0123456789abcdef, limit: -1 }]',
    '1:52 keys[0].limit: must be a number between 0 and 1000000 or null.',
  ],
  [
    'keys: [{ name: a, key: sk-0123456789abcdef, limit_reset: hourly }]',
    '1:58 keys[0].limit_reset: must be one of daily, weekly, monthly or null.',
  ],
  [
    'keys: [{ name: a, key: sk-0123456789abcdef, expires_at: tomorrow }]',
    '1:57 keys[0].expires_at: must be an ISO time in UTC, such as 2027-01-01T00:00:00Z.',
  ],
  [
    'keys: [{ name: a, key: sk-0123456789abcdef, expires_at: 2027-02-30 }]',
    '1:57 keys[0].expires_at: there is no such day or time.',
  ],
  [
    'providers: { p: { base_url: "http://h", protocol: chat-completion } }',
    '1:51 providers.p.protocol: must be one of chat-completions, completions, responses, messages, generate-content, converse, cohere-chat. Did you mean "chat-completions"?',
  ],
  [
    'models: { a/b: { reasoning: true, endpoints: [{ provider: groq, model: m }] } }',
    '1:29 models.a/b.reasoning: must be false or a map of keys.',
  ],
  [
    'models: { a/b: { reasoning: { efort: [] }, endpoints: [{ provider: groq, model: m }] } }',
    '1:31 models.a/b.reasoning.efort: unknown key. Did you mean "efforts"?',
  ],
  [
    'models: { m1: { endpoints: [{ provider: groq, model: m }] } }',
    '1:11 models.m1: this name must be a slug of the form author/model, such as acme/m1.',
  ],
  // Names without a meaning, and names used twice
  [
    'models: { a/b: { endpoints: [{ provider: grok, model: m }] } }',
    '1:42 models.a/b.endpoints[0].provider: is neither a built-in provider nor one under "providers". Did you mean "groq"?',
  ],
  [
    'models: { a/b: { endpoints: [{ provider: groq, model: m }, { provider: groq, model: n }] } }',
    '1:60 models.a/b.endpoints[1]: endpoints[0] has this tag already. Give one of them a tag with a suffix, as in prov-a/turbo.',
  ],
  [
    'models: { a/b: { endpoints: [{ provider: groq, model: m, tag: openai/x }] } }',
    '1:63 models.a/b.endpoints[0].tag: must begin with the slug of its provider, as in prov-a/turbo.',
  ],
  [
    'models: { a/b: { aliases: [a/c, a/b], endpoints: [{ provider: groq, model: m }] } }',
    '1:33 models.a/b.aliases[1]: this already means a/b.',
  ],
  [
    'providers: { p: { base_url: "http://h", protocol: messages, stream_options: false } }',
    '1:61 providers.p.stream_options: is a field of chat-completions and completions alone.',
  ],
  [
    'providers: { opena: {} }',
    '1:14 providers.opena: lacks the key "base_url", which a provider that is not built in needs. Did you mean "openai"?',
  ],
  [
    'providers: { groq: { hedge: { at: p42 } } }',
    '1:35 providers.groq.hedge.at: must be one of p50, p75, p90, p95, p99.',
  ],
  ['providers: { groq: { hedge: { budget: 5 } } }', '1:39 providers.groq.hedge.budget: must be between 0 and 1.'],
  [
    'providers: { groq: { api_key: a, api_keys: [b] } }',
    '1:34 providers.groq.api_keys: give either api_key or api_keys, not both.',
  ],
  [
    'providers: { groq: { base_url: "http://u:p@h" } }',
    '1:32 providers.groq.base_url: must not hold a password. Use api_key.',
  ],
  [
    'providers: { groq: { base_url: "http://:x" } }',
    '1:32 providers.groq.base_url: must be an address, such as http://127.0.0.1:9001/v1.',
  ],
  [
    'keys:\n- { name: a, key: sk-0123456789abcdef }\n- { name: a, key: sk-0123456789abcdeg }',
    '3:11 keys[1].name: keys[0] has this name already.',
  ],
  [
    'keys:\n- { name: a, key: sk-0123456789abcdef }\n- { name: b, key: sk-0123456789abcdef }',
    '3:19 keys[1].key: this is the same key as keys[0].',
  ],
  // Search and fetch engines
  ['moderation: { block: [hate] }', '1:15 moderation.block: needs a moderation endpoint: add "api_key" or "base_url".'],
  [
    'moderation: { base_url: "http://:80" }',
    '1:25 moderation.base_url: must be an address, such as http://127.0.0.1:9001/v1.',
  ],
  ['ocr: { mistral: {} }', '1:17 ocr.mistral: lacks the key "api_key".'],
  ['search:\n  exe: { api_key: k }', '2:3 search.exe: unknown key. Did you mean "exa"?'],
  ['search: { exa: { api_key: k, base_ur: k } }', '1:30 search.exa.base_ur: unknown key. Did you mean "base_url"?'],
  [
    'search: { exa: { api_key: "a b" } }',
    '1:27 search.exa.api_key: must hold only printable ASCII characters and no spaces, since it is sent in a header.',
  ],
  ['search: { exa: {} }', '1:11 search.exa: lacks the key of Exa: add "api_key", or set EXA_API_KEY.'],
  ['search:\n  exa:', '2:7 search.exa: must be a map of keys, not nothing.'],
  [
    'search: { exa: { api_key: k, price_per_request: -1 } }',
    '1:49 search.exa.price_per_request: must be between 0 and 1000.',
  ],
  [
    'search: { brave: { api_key: k, price_per_page: 1 } }',
    '1:32 search.brave.price_per_page: unknown key. Known here: api_key, base_url, price_per_request.',
  ],
  ['search: { searxng: {} }', '1:20 search.searxng: lacks the key "base_url".'],
  [
    'search: { searxng: { base_url: "http://h", api_key: k } }',
    '1:44 search.searxng.api_key: unknown key. Known here: base_url.',
  ],
  [
    'search: { searxng: { base_url: 127.0.0.1:8888 } }',
    '1:32 search.searxng.base_url: must be an http:// or https:// address without ? or #, such as http://127.0.0.1:8888.',
  ],
  ['search: { searxng: { base_url: "http://u:p@h" } }', '1:32 search.searxng.base_url: must not hold a password.'],
  [
    'search: { exa: { api_key: k, base_url: "http://u:p@h" } }',
    '1:40 search.exa.base_url: must not hold a password. Use api_key.',
  ],
  [
    'search: { default: google }',
    '1:20 search.default: must be one of brave, exa, firecrawl, parallel, perplexity, searxng, tavily.',
  ],
  [
    'search: { default: exa }',
    '1:20 search.default: Exa is not configured: add "exa" to this section, or set EXA_API_KEY.',
  ],
  [
    'discovery: false\nsearch: { default: exa }',
    '2:20 search.default: Exa is not configured: add "exa" to this section.',
  ],
  ['search: { default: searxng }', '1:20 search.default: SearXNG is not configured: add "searxng" to this section.'],
  ['server: {}\nserver: {}', '2:1 server: this key is set twice. Keep one.'],
  // What is not YAML
  [
    'server: { port: 1',
    '1:18: this is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }.',
  ],
  ['keys: [${KEY}]', '1:9: inside [ ] and { }, text with ${NAME} must stand in quotes.'],
  ['server: {}\n---\nserver: {}', '2:1: a second document begins here. Keep one.'],
  ['a: !secret b', '1:4: this is not valid YAML: Unresolved tag.'],
  ['x: &a { y: *a }', '1:12: this alias stands for something that contains it.'],
  ['? [a]\n: b', '1:3: a key must be plain text.'],
  ['!!binary aGk=: b', '1:10: a key must be plain text.'],
  ...['http://h', 'redis://', 'redis://:hunter2@h:6379/cache', 'redis://h/0?ssl=true', 'redis://u:hunter2@h/0/1'].map(
    (url): [string, string] => [
      `storage: { redis_url: "${url}" }`,
      '1:23 storage.redis_url: must be an address such as redis://user:password@host:6379/0, or rediss:// for TLS, with special characters of the password percent-encoded.',
    ],
  ),
  [
    'storage: { url: "postgre://user:hunter2@host/d" }',
    '1:17 storage.url: must be sqlite: and a path, such as sqlite:./.waygate/waygate.db or sqlite:/var/lib/waygate.db, or an address such as postgres://user:password@host:5432/database.',
  ],
  ['storage: { retention_days: 0 }', '1:28 storage.retention_days: must be between 1 and 36500.'],
  [
    'storage: { retention_mb: 0.5 }',
    '1:26 storage.retention_mb: must be null or a whole number between 1 and 1000000000.',
  ],
  ['secrets: { key_file: "" }', '1:22 secrets.key_file: must not be empty.'],
  [
    'secrets: { key: short-secret }',
    '1:17 secrets.key: must be 32 random bytes in base64, such as `openssl rand -base64 32` prints, or in 64 hexadecimal digits.',
  ],
  [
    `secrets: { key: ${'a'.repeat(64)}, keys: [${'b'.repeat(64)}] }`,
    '1:83 secrets.keys: give either key or keys, not both.',
  ],
]

describe('an invalid configuration', () => {
  test.each(refused)('%s', (text, message) => {
    expect(refusal(() => loadText(text)).message).toBe(`waygate.yaml:${message}`)
  })

  test.each(['10.0.0.256', '10.0.0.0/33', '10.0.0/8', '"42"', 'fd12::/129', '"1:2:3"', '"::ffff:1.2.3.4.5"'])(
    'in fetch.allow, %s is no address',
    (entry) => {
      expect(refusal(() => loadText(`fetch: { allow: [a.example, ${entry}] }`)).message).toBe(
        'waygate.yaml:1:29 fetch.allow[1]: is no IP address or block, such as 10.1.2.3, 10.0.0.0/8 or fd12::/16.',
      )
    },
  )

  test.each(['http://h', 'h:80', '*', 'a.*.b', 'h.', '10.0.0.0/', '[::1]', 'fe80::1%lo', '', 'a b'])(
    'in fetch.allow, %j is no host',
    (entry) => {
      expect(refusal(() => loadText(`fetch: { allow: ["${entry}"] }`)).message).toBe(
        'waygate.yaml:1:18 fetch.allow[0]: must be a host, a domain, an IP address or a block of them, such as files.internal, *.svc.cluster.local, 10.1.2.3 or 10.0.0.0/8.',
      )
    },
  )

  test('is reported all at once, in the order of the file, up to twenty problems', () => {
    const error = refusal(() => loadText(Array.from({ length: 25 }, (_, index) => `wrong${index}: 1`).join('\n')))
    expect(error.problems).toHaveLength(20)
    expect(error.problems.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(error.message).toMatch(/… and 5 more$/)
  })

  test('aliases that multiply (a YAML bomb) are refused before they fill the memory', () => {
    const doubled = Array.from({ length: 30 }, (_, index) => `l${index + 1}: &l${index + 1} [*l${index}, *l${index}]`)
    const { message } = refusal(() => loadText(`l0: &l0 [a, b]\n${doubled.join('\n')}`))
    expect(message).toContain('aliases repeat too much')
  })

  test('endless nesting is refused', () => {
    for (const text of ['['.repeat(100_000), `${'['.repeat(500)}${']'.repeat(500)}`]) {
      expect(refusal(() => loadText(text)).problems[0]?.line).toBe(1)
    }
  })

  test('a problem behind an alias is reported at the place of the value', () => {
    const text = 'server: &s\n  port: -1\nlimits: *s'
    expect(refusal(() => loadText(text)).problems).toEqual([
      expect.objectContaining({ line: 2, column: 3, path: 'limits.port' }),
      expect.objectContaining({ line: 2, column: 9, path: 'server.port' }),
    ])
  })
})

interface Named {
  readonly file?: string
  readonly environment?: Record<string, string>
}

function load(workingDirectory: string, named: Named = {}): Config {
  return loadConfig({ environment: {}, workingDirectory, builtInProviders, ...named })
}

test('an engine whose environment variable is blank lacks its key', () => {
  const environment = { EXA_API_KEY: ' \n' }
  expect(loadText('', environment).search).toEqual([])
  expect(refusal(() => loadText('search: { exa: {} }', environment)).message).toContain('lacks the key of Exa')
})

describe('the source of the configuration', () => {
  test('a named file has priority over WAYGATE_CONFIG, which has priority over the usual names', () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'sub'))
    const ports = { 'sub/named.yaml': 1, 'other.json': 2, 'waygate.yaml': 3, 'waygate.yml': 4, 'waygate.json': 5 }
    const environment = { WAYGATE_CONFIG: 'other.json' }
    writeFileSync(join(directory, 'waygate.json'), '{"server":{"port":5}}')
    expect(load(directory).server.port).toBe(5)
    for (const [name, port] of Object.entries(ports)) {
      writeFileSync(join(directory, name), JSON.stringify({ server: { port } }))
    }
    expect(load(directory).server.port).toBe(3)
    expect(load(directory, { environment }).server.port).toBe(2)
    expect(load(directory, { environment, file: 'sub/named.yaml' }).server.port).toBe(1)
    expect(load(directory, { file: join(directory, 'sub/named.yaml') }).file).toBe(join(directory, 'sub/named.yaml'))
  })

  test('a named file that cannot be read is an error that names it', () => {
    const directory = temporaryDirectory()
    expect(refusal(() => load(directory, { file: 'no.yaml' })).message).toMatch(/^no\.yaml: there is no such file/)
    expect(refusal(() => load(directory, { environment: { WAYGATE_CONFIG: '.' } })).message).toMatch(
      /^\.: this is a dir/,
    )
    // The encoding that PowerShell writes.
    writeFileSync(join(directory, 'utf-16.yaml'), Buffer.from('\uFEFFserver: {}', 'utf16le'))
    expect(refusal(() => load(directory, { file: 'utf-16.yaml' })).message).toMatch(
      /^utf-16\.yaml: .* not text in UTF-8/,
    )
    writeFileSync(join(directory, 'mark.yaml'), '\uFEFFserver: { port: 7 }')
    expect(load(directory, { file: 'mark.yaml' }).server.port).toBe(7)
  })

  test('the command line has priority over the environment, which has priority over the file', () => {
    const file = 'server: { host: filehost, port: 1 }'
    const environment = { WAYGATE_HOST: 'envhost', WAYGATE_PORT: '2' }
    expect(loadText(file, environment).server).toMatchObject({ host: 'envhost', port: 2 })
    const workingDirectory = temporaryDirectory()
    const overrides = { host: 'flaghost', port: 0 }
    expect(loadConfig({ environment, workingDirectory, builtInProviders, overrides }).server).toMatchObject(overrides)
  })

  test.each(['x', '70000', '1.5', '-1', ' '])('WAYGATE_PORT=%j is refused with its name', (port) => {
    expect(refusal(() => loadText('', { WAYGATE_PORT: port })).message).toBe(
      'WAYGATE_PORT: must be a whole number between 0 and 65535.',
    )
  })
})

describe('variables in the notation of another program', () => {
  test.each([
    ['$OPENAI_API_KEY', 'OPENAI_API_KEY'],
    ['os.environ/GROQ', 'GROQ'],
    ['{{ MISTRAL }}', 'MISTRAL'],
    ['{{env.MISTRAL}}', 'MISTRAL'],
    ['$(SECRET_KEY)', 'SECRET_KEY'],
    ['env:SECRET_KEY', 'SECRET_KEY'],
    ['$env:SECRET_KEY', 'SECRET_KEY'],
    ['%SECRET_KEY%', 'SECRET_KEY'],
    ['process.env.SECRET_KEY', 'SECRET_KEY'],
  ])('are refused as a secret: %s', (value, name) => {
    const message = `${value} is not replaced by a variable here. Write "\${${name}}".`
    const short = `discovery: false\nproviders:\n  openai: { api_keys: [sk-1, "${value}"] }`
    expect(refusal(() => loadText(short)).message).toContain(
      `waygate.yaml:3:30 providers.openai.api_keys[1]: ${message}`,
    )
    const long = `keys: [{ name: a, key: "${value}" }]`
    if (value.length >= 16) expect(refusal(() => loadText(long)).message).toContain(`keys[0].key: ${message}`)
  })

  test('are refused behind Bearer too, and anywhere in the file', () => {
    const text =
      'telemetry: { otlp: { endpoint: "http://127.0.0.1:9/v1", headers: { Authorization: "Bearer $TOKEN" } } }'
    expect(refusal(() => loadText(text)).message).toContain('Write "Bearer ${TOKEN}".')
  })

  test('are left alone in what is no secret, in the value of a variable, and in parts of a secret', () => {
    const text =
      'models: { a/b: { name: "$NAME", endpoints: [{ provider: groq, model: m }] } }\nproviders: { groq: { api_key: "${K}" }, openai: { api_key: "gsk-$A" } }'
    expect(() => loadText(text, { K: '$OTHER' })).not.toThrow()
  })
})
