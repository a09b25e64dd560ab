import { afterAll, beforeAll, test } from 'vitest'
import { everyReply, startEveryReply } from './every-reply.ts'
import { type TestGateway } from '../../gateway.ts'
let gateway: TestGateway
beforeAll(async () => { gateway = await startEveryReply() })
afterAll(() => gateway.close())
test('probe', { timeout: 120000 }, async () => {
  for (const r of everyReply) for (const stream of [false, true]) {
    const t = performance.now()
    const reply = await gateway.chat({ model: r.model, stream })
    const text = await reply.text()
    const expected = stream ? r.stream : r.json
    const err = /"error":\{"code":(\d+)/.exec(text)?.[1]
    const got = reply.status !== 200 ? { status: reply.status } : err ? { broken: Number(err) } : 'answer'
    if (JSON.stringify(got) !== JSON.stringify(expected) || performance.now() - t > 500) console.log(r.behaviour, stream, JSON.stringify(got), JSON.stringify(expected), Math.round(performance.now() - t), text.slice(0, 600))
  }
})
