import { describe, expect, test } from 'vitest'
import { configured, runWaygate, startWaygate } from './run-waygate.ts'

const config = `
discovery: false
providers: { prov-a: { base_url: "http://127.0.0.1:9/v1" } }
models:
  acme/m1: { endpoints: [{ provider: prov-a, model: m1, pricing: { prompt: 1 } }] }
`

describe('names of models in the configuration that lead to no model', () => {
  test('check warns of aliases, but not of those whose model is known', async () => {
    const aliases =
      'aliases: { fast: acme/m2, a: acme/m1, b: "acme/m1:nitro", c: openrouter/auto, d: openai/gpt-5.1, e: m1, "claude-*": nope/x }\n'
    const { code, stdout } = await runWaygate(['check'], { directory: configured(config + aliases) })
    expect(code).toBe(0)
    const warnings = stdout.slice(stdout.indexOf('Warnings:'))
    expect(warnings.trimEnd().split('\n')).toEqual([
      'Warnings:',
      expect.stringMatching(
        /aliases\.fast names acme\/m2, a model that is not known here\. Did you mean "acme\/m1"\?$/,
      ),
      expect.stringMatching(/aliases\.claude-\* names nope\/x, a model that is not known here\.$/),
    ])
  })

  test('a start warns of the default model, and shows a request for a model that is served', async () => {
    const server = startWaygate(['serve', '--port', '0'], { directory: configured(`${config}default_model: nope/x\n`) })
    const url = await server.printed(/Waygate listens on (\S+)/)
    expect(await server.printed(/-d '\{"model":"([^"]+)"/)).toBe('acme/m1')
    await server.printed(/default_model names (nope\/x), a model that is not known here/)
    const response = await fetch(`${url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await server.printed(/shown this once: (\S+)/)}`,
      },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }] }),
    })
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('this name is `default_model` of the configuration') },
    })
    await server.stop('SIGTERM')
  })
})
