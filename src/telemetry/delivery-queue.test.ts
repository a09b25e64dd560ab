import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DeliveryQueue } from './delivery-queue.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Opens a queue. Its requests stay open until `answer` or `answerNext` is called. */
function openQueue(perRequest: number) {
  const sent: string[] = []
  const open: ((status: number) => void)[] = []
  const reports: string[] = []
  let dropped = 0
  const queue = new DeliveryQueue<number>({
    perRequest,
    encode: (items) => ({ method: 'POST', url: 'http://receiver', headers: {}, body: items.join(' ') }),
    send: ({ body }, signal) => {
      sent.push(body)
      return new Promise((resolve, reject) => {
        open.push(resolve)
        signal.addEventListener('abort', reject)
      })
    },
    onDrop: (count) => {
      dropped += count
    },
    report: (count, reason) => reports.push(`${count}: ${reason}`),
  })
  const add = (count: number, size = 1): void => {
    for (let item = 0; item < count; item++) queue.add(item, size)
  }
  const answerNext = (): void => open.shift()?.(200)
  /** Answers all requests that were sent. */
  const answer = async (status = 200): Promise<void> => {
    for (const resolve of open.splice(0)) resolve(status)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { queue, sent, reports, add, answer, answerNext, dropped: () => dropped }
}

/** Lets everything happen that needs no time. */
const settle = () => vi.advanceTimersByTimeAsync(0)

test('a few items wait a second for others', async () => {
  const { add, sent } = openQueue(3)
  add(2)
  await vi.advanceTimersByTimeAsync(999)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual(['0 1'])
})

test('items that come one by one are sent a second after the first of them', async () => {
  const { add, sent } = openQueue(50)
  for (let passed = 0; passed < 1_000; passed += 100) {
    add(1)
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(sent).toHaveLength(1)
  add(1)
  await vi.advanceTimersByTimeAsync(999)
  expect(sent).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toHaveLength(2)
})

test('the end waits for what is sent, two seconds at most, and leaves no timer', async () => {
  const { add, queue, sent, dropped, answer } = openQueue(2)
  add(11)
  const closing = queue.close()
  await settle()
  await answer()
  expect(sent).toHaveLength(6)
  await vi.advanceTimersByTimeAsync(2_000)
  await closing
  expect(vi.getTimerCount()).toBe(0)
  expect(dropped()).toBe(3)
  add(1)
  expect(dropped()).toBe(4)
})

test('items that fill a request do not wait', async () => {
  const { add, sent, answer } = openQueue(3)
  add(1)
  await settle()
  add(2)
  await settle()
  expect(sent).toEqual(['0 0 1'])
  await answer()
  add(7)
  await settle()
  expect(sent).toHaveLength(3)
})

test('nothing is lost where more comes in a second than may wait', async () => {
  const { add, sent, answer, dropped } = openQueue(50)
  for (let round = 0; round < 100; round++) {
    add(100)
    await settle()
    await answer()
  }
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sent.flatMap((body) => body.split(' '))).toHaveLength(10_000)
  expect(dropped()).toBe(0)
})

test('up to four requests are under way, and what comes meanwhile is sent after them', async () => {
  const { add, sent, answer } = openQueue(1)
  add(10)
  await settle()
  expect(sent).toHaveLength(4)
  await answer()
  await answer()
  await answer()
  expect(sent).toHaveLength(10)
})

test('no request is empty, whichever comes first: enough items, or the end of another request', async () => {
  for (let moment = 0; moment < 40; moment++) {
    const { add, sent, answerNext } = openQueue(3)
    add(6)
    add(1)
    await settle()
    answerNext()
    await settle()
    // The first request has ended, so that the one item waits for others; the second is under way.
    expect(sent).toHaveLength(2)
    answerNext()
    for (let step = 0; step < moment; step++) await Promise.resolve()
    add(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sent).toEqual(['0 1 2', '3 4 5', '0 0 1'])
  }
})

test('the log tells of what is dropped once in ten seconds, and once more at the end', async () => {
  const { add, answer, queue, reports, dropped } = openQueue(50)
  // Four requests of 50 are sent at once, and 2,048 items wait.
  add(12_248)
  expect(dropped()).toBe(10_000)
  await vi.advanceTimersByTimeAsync(9_999)
  expect(reports).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(reports).toEqual(['10000: too much waits'])
  await answer(403)
  const closing = queue.close()
  await vi.advanceTimersByTimeAsync(20_000)
  await closing
  expect(reports.slice(1).join()).toMatch(/it answered with status 403/)
  expect(dropped()).toBe(12_248)
})
