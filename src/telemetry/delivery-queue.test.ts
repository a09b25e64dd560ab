import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DeliveryQueue } from './delivery-queue.ts'
import { DeliveryRoom } from './delivery-room.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Opens a queue. Its requests stay open until `answer` or `answerNext` is called. */
function openQueue(
  perRequest: number,
  all = new DeliveryRoom(),
  owner = 'a',
  textOf: (item: number) => string = String,
) {
  const sent: string[] = []
  const open: ((status: number) => void)[] = []
  const reports: string[] = []
  let dropped = 0
  const queue = new DeliveryQueue<number>({
    perRequest,
    room: all.of(owner),
    encode: (items) => ({ method: 'POST', url: 'http://receiver', headers: {}, body: items.map(textOf).join(' ') }),
    send: ({ body }, signal) => {
      sent.push(String(body))
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
  return { queue, all, sent, reports, add, answer, answerNext, dropped: () => dropped }
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

test('what is being sent takes room until it is delivered or given up', async () => {
  const { add, answer, all, dropped, sent } = openQueue(1)
  add(20, 4_000_000)
  await settle()
  // Encoded they are small, and four are under way.
  expect(sent).toHaveLength(4)
  const large = openQueue(1, new DeliveryRoom(), 'a', () => 'x'.repeat(4_000_000))
  large.add(20, 4_000_000)
  await settle()
  expect(large.sent).toHaveLength(4)
  expect(large.dropped()).toBe(16)
  expect(large.all.used).toBe(16_000_000)
  await large.answer()
  expect(large.all.used).toBe(0)
  await answer()
  expect(dropped() + sent.length).toBe(20)
  expect(all.used).toBeLessThan(16_000_000)
})

test('queues of one owner share its room, and those of another have theirs', async () => {
  const all = new DeliveryRoom(4_000)
  const open = (owner: string) => openQueue(1, all, owner, () => 'x'.repeat(100))
  const [first, second, other] = [open('a'), open('a'), open('b')]
  first.add(8, 100)
  second.add(8, 100)
  other.add(5, 100)
  await settle()
  expect([first.dropped(), second.dropped(), other.dropped()]).toEqual([0, 6, 0])
  expect(all.used).toBe(1_500)
  for (let round = 0; round < 5; round++) for (const { answer } of [first, second, other]) await answer()
  expect([first.sent.length, second.sent.length, other.sent.length, all.used]).toEqual([8, 2, 5, 0])
})

test('a request has no more bytes than may be encoded at once, unless one item has', async () => {
  const { add, sent, answer } = openQueue(50)
  add(1, 5_000_000)
  add(3, 1_500_000)
  await vi.advanceTimersByTimeAsync(1_000)
  await answer()
  expect(sent).toEqual(['0', '0 1', '2'])
})

test('a body that is longer than was thought is dropped where it finds no room, and gives back what it had', async () => {
  const { add, sent, dropped, all, queue, reports } = openQueue(1, new DeliveryRoom(4_000), 'a', () => '文'.repeat(400))
  add(1, 100)
  await settle()
  expect([sent.length, dropped(), all.used]).toEqual([0, 1, 0])
  await queue.close()
  expect(reports).toEqual(['1: too much waits'])
})

test('what waits when the gateway stops gives its room back', async () => {
  const { add, queue, all } = openQueue(1)
  add(10, 1_000)
  const closing = queue.close()
  await vi.advanceTimersByTimeAsync(2_000)
  await closing
  expect(all.used).toBe(0)
})
