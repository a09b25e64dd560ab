import { expect, onTestFinished, test } from 'vitest'
import { objectOf } from '../../src/util/json.ts'
import { behaving, startGateway } from '../gateway.ts'

async function gatewayWith(config: Readonly<Record<string, unknown>>) {
  const gateway = await startGateway({
    models: {
      'acme/m-1.5': { ...behaving('steady'), aliases: ['acme/older', 'quick'] },
      'acme/broken': behaving('status-500'),
    },
    ...config,
  })
  onTestFinished(() => gateway.close())
  return async (body: Readonly<Record<string, unknown>>) => {
    const reply = await gateway.chat(body)
    const answer = objectOf(await reply.json())
    return { status: reply.status, model: answer?.['model'], message: objectOf(answer?.['error'])?.['message'] }
  }
}

const answered = { status: 200, model: 'acme/m-1.5' }

test('names without author are accepted in requests, fallbacks, aliases and the default', async () => {
  const ask = await gatewayWith({ default_model: 'm-1.5' })
  for (const model of ['m-1.5', 'm-1-5', 'older', 'quick', 'm-1.5:floor']) {
    expect(await ask({ model }), model).toMatchObject(answered)
  }
  expect(await ask({ model: 'broken', models: ['m-1.5'] })).toMatchObject(answered)
  expect(await ask({ model: undefined })).toMatchObject(answered)
})

test('with bare_names: false only configured names are accepted', async () => {
  const ask = await gatewayWith({ bare_names: false })
  expect(await ask({ model: 'm-1.5' })).toMatchObject({
    status: 400,
    message: 'm-1.5 is not a valid model ID. Did you mean "acme/m-1.5"?',
  })
  expect(await ask({ model: 'quick' })).toMatchObject(answered)
})

test('a model of the catalogue that no provider serves here is refused with what to do', async () => {
  const ask = await gatewayWith({ discovery: true })
  expect(await ask({ model: 'openai/gpt-4o' })).toMatchObject({
    status: 400,
    message: expect.stringMatching(/^openai\/gpt-4o is not a valid model ID here\. .*Set OPENAI_API_KEY \(openai\)/),
  })
})
