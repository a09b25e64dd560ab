import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createDispatcher } from '../dispatcher.ts'
import { scriptUpstream } from '../testing/scripted-upstream.ts'
import { exchangeToken } from './exchange-token.ts'

test('an answer that comes packed is unpacked', async () => {
  const server = await scriptUpstream((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"access_token":"token-1"}')),
  )
  const dispatcher = createDispatcher({ connectMs: 1_000 })
  onTestFinished(() => dispatcher.destroy())
  const answer = await exchangeToken(dispatcher)({ method: 'GET', url: server.url, headers: {} })
  expect(answer).toEqual({ status: 200, body: { access_token: 'token-1' } })
})
