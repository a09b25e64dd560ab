import { test } from 'vitest'
import { startGatewaySpeaking } from '../gateway-speaking.ts'

test('probe', async () => {
  for (const protocol of ['responses', 'cohere-chat']) {
    const names = ['steady', 'tool-call+reasoning', 'reasoning', 'parallel-tool-calls', 'citations', 'image', 'refusal', 'no-usage', 'cut-after-2', 'eof-after-2', 'error-after-1', 'malformed-after-1', 'empty', 'error-in-200', 'no-finish', 'context-length', 'status-429']
    const g = await startGatewaySpeaking(protocol, Object.fromEntries(names.map((n, i) => [`m${i}`, n])))
    for (const [i, n] of names.entries()) {
      try {
        const { told, reply } = await g.ask(`m${i}`)
        console.log(protocol, n, JSON.stringify(told), JSON.stringify(reply['usage']))
      } catch (e) { console.log(protocol, n, String(e).slice(0, 1500)) }
    }
    await g.close()
  }
}, 60000)
