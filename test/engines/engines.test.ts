import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { describePostgres, describeRedis } from './engines.ts'

describePostgres('the server of a test run', ({ newDatabase, query }) => {
  test('has a database of its own for each suite', async () => {
    const [one, other] = [await newDatabase(), await newDatabase()]
    await query(one, 'create table mine (id bigint)')
    await query(other, 'create table mine (name text)')
    expect(await query(one, 'select $1::bigint + 1 as sum', [1])).toEqual([{ sum: '2' }])
  })
})

describeRedis('a server of its own', (start) => {
  test('answers until it is stopped', async () => {
    const { url, stop } = await start()
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toBe('+PONG\r\n')
    socket.destroy()
    await stop()
    await stop()
    const late = connect(Number(port), '127.0.0.1')
    await expect(once(late, 'connect')).rejects.toThrow('ECONNREFUSED')
  })
})
