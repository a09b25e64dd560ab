import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { providers } from './_registry.ts'

/** Contract §6.5. */
const vocabulary = new Set(
  `temperature top_p top_k min_p top_a frequency_penalty presence_penalty repetition_penalty max_tokens
  max_completion_tokens logit_bias logprobs top_logprobs prediction seed response_format structured_outputs stop tools
  tool_choice parallel_tool_calls include_reasoning reasoning reasoning_effort web_search_options verbosity`.split(
    /\s+/,
  ),
)
const upperSnake = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/
const page = /^https:\/\/[a-z0-9.-]+\.[a-z]+\/?/
const ownPage = /^docs\/[a-z-]+\.md$/

describe('the registry', () => {
  it('lists every file of the folder, under the slug that is its name', () => {
    const room = new URL('.', import.meta.url)
    const isLeaf = (file: string) => /^export default/m.test(readFileSync(new URL(file, room), 'utf8'))
    const slugs = readdirSync(room)
      .filter(isLeaf)
      .map((file) => file.replace(/\.ts$/, ''))
    expect(providers.map(({ slug }) => slug)).toEqual(slugs.sort())
  })

  it('has 28 hosted providers or more, and the usual local servers', () => {
    expect(providers.filter(({ local }) => local !== true).length).toBeGreaterThanOrEqual(28)
    const local = providers.filter((provider) => provider.local === true).map(({ slug }) => slug)
    expect(local).toEqual(['llama-cpp', 'lmstudio', 'ollama', 'vllm', 'waygate'])
  })

  it.each(['name', 'baseUrl'] as const)('has no two providers with the same %s', (key) => {
    expect(new Set(providers.map((provider) => provider[key].toLowerCase())).size).toBe(providers.length)
  })

  it('has no two providers with the same key variable', () => {
    const names = providers.flatMap(({ apiKeyVariables }) => apiKeyVariables)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe.each(providers.map((provider) => [provider.slug, provider] as const))('%s', (slug, provider) => {
  it('has a valid slug and display name', () => {
    expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(provider.name).toMatch(/^\S.*\S$/)
  })

  it('has an address: https, or loopback for a local server, without a trailing slash', () => {
    const host = provider.local === true ? /^http:\/\/127\.0\.0\.1:(\d+|\{[A-Z_]+\})\/v1$/ : /^https:\/\/[^\s?#]+[^/]$/
    expect(provider.baseUrl).toMatch(host)
  })

  it('has a key variable unless it is local, and names every variable of its address', () => {
    expect(provider.apiKeyVariables.length > 0).toBe(provider.local !== true)
    const inAddress = [...provider.baseUrl.matchAll(/\{([A-Z0-9_]+)\}/g)].map(([, name]) => name)
    expect(provider.variables ?? []).toEqual(inAddress)
    for (const name of [...provider.apiKeyVariables, ...inAddress]) expect(name).toMatch(upperSnake)
  })

  it('has a data policy with its source and date, where one was found', () => {
    if (provider.dataPolicy === undefined) return
    const { retention, training, source, asOf } = provider.dataPolicy
    expect(retention).toMatch(/^(none|transient|unknown|days:[1-9]\d*)$/)
    expect(source).toMatch(slug === 'waygate' ? ownPage : page)
    expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(Number.isNaN(Date.parse(asOf))).toBe(false)
    if (training) expect(retention).not.toMatch(/none|transient/)
  })

  it('links to its documentation and policies', () => {
    expect(provider.documentation).toMatch(slug === 'waygate' ? ownPage : page)
    for (const link of [provider.privacyPolicyUrl, provider.termsOfServiceUrl, provider.statusPageUrl]) {
      if (typeof link === 'string') expect(link).toMatch(page)
    }
    if (provider.headquarters !== undefined) expect(provider.headquarters).toMatch(/^[A-Z]{2}$/)
  })

  it('lists only known parameters, each once, and none that it drops', () => {
    const { supportedParameters = [], quirks } = provider
    const dropped: readonly string[] = ('dropParameters' in quirks ? quirks.dropParameters : undefined) ?? []
    expect(new Set(supportedParameters).size).toBe(supportedParameters.length)
    expect(supportedParameters.filter((name) => !vocabulary.has(name))).toEqual([])
    expect(supportedParameters.filter((name) => dropped.includes(name))).toEqual([])
  })

  it('lists tools and reasoning only together with the parameters that belong to them', () => {
    const supported = new Set(provider.supportedParameters)
    expect(supported.has('max_tokens')).toBe(supported.has('max_completion_tokens'))
    expect(supported.has('reasoning')).toBe(supported.has('include_reasoning'))
    if (supported.has('tool_choice')) expect(supported).toContain('tools')
    if (supported.has('top_logprobs')) expect(supported).toContain('logprobs')
    if (supported.has('structured_outputs')) expect(supported).toContain('response_format')
  })
})
