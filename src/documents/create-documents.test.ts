import { existsSync, readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import type { Documents } from '../canonical/documents.ts'
import { createDocuments } from './create-documents.ts'
import type { DocumentQueueOptions } from './document-queue.ts'
import { packedStream, pagesPdf, textPdf } from './testing/pdf-files.ts'

let opened: Documents[] = []
afterEach(async () => {
  await Promise.all(opened.map((documents) => documents.close()))
  opened = []
})

function open(options?: Partial<DocumentQueueOptions>): Documents {
  const documents = createDocuments(options)
  opened.push(documents)
  return documents
}

interface Asked {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const readText = (documents: Documents, { timeoutMs = 30_000, signal = new AbortController().signal }: Asked = {}) =>
  documents.readPdf(textPdf([['Hello']]), { maxPages: 1, maxCharacters: 100, timeoutMs, signal })

/** Reads a page whose text takes longer than any test waits. */
const readEndless = (documents: Documents, { timeoutMs = 30_000, signal = new AbortController().signal }: Asked = {}) =>
  documents.readPdf(endless, { maxPages: 1, maxCharacters: 1e9, timeoutMs, signal })
const endless = pagesPdf({ contents: [packedStream(Buffer.from('q '.repeat(3_000_000)))] })

const text = { type: 'pdf', pages: ['Hello'] }

/** The processes that this one has started and that run. */
const children = (): readonly string[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((id) => id !== '')

test('documents are read one after the other, in their order', async () => {
  const documents = open()
  const order: number[] = []
  const reading = [1, 2, 3].map(async (number) => {
    expect(await readText(documents)).toMatchObject(text)
    order.push(number)
  })
  await Promise.all(reading)
  expect(order).toEqual([1, 2, 3])
})

test('a document that takes too long is ended, and the next one is read', async () => {
  const documents = open()
  const [slow, next] = await Promise.all([readEndless(documents, { timeoutMs: 1_500 }), readText(documents)])
  expect(slow).toMatchObject({ kind: 'timed-out' })
  expect(next).toMatchObject(text)
})

test('a document that takes too much memory is ended, and the next one is read', async () => {
  const documents = open({ maxMemoryMb: 200 })
  const bomb = pagesPdf({ contents: [packedStream(Buffer.alloc(400_000_000))] })
  const { signal } = new AbortController()
  const limits = { maxPages: 1, maxCharacters: 100, timeoutMs: 30_000, signal }
  const [large, next] = await Promise.all([documents.readPdf(bomb, limits), readText(documents)])
  expect(large).toMatchObject({ kind: 'too-much-memory' })
  expect(next).toMatchObject(text)
})

test('a page that fills the heap of JavaScript is ended, and the next one is read', async () => {
  const documents = open({ maxMemoryMb: 150 })
  const page = Buffer.from('<p>a</p>'.repeat(1_200_000))
  const { signal } = new AbortController()
  const large = documents.readPage(page, 'text/html', 'https://example.com/', {
    maxTokens: 100,
    timeoutMs: 30_000,
    signal,
  })
  expect(await large).toMatchObject({ kind: 'too-much-memory' })
  expect(await readText(documents)).toMatchObject(text)
})

test('a request that is given up stops its document, and the next one is read', async () => {
  const documents = open()
  const controller = new AbortController()
  const slow = readEndless(documents, { signal: controller.signal })
  const waiting = readText(documents, { signal: controller.signal })
  const next = readText(documents)
  setTimeout(() => controller.abort(), 200)
  expect(await slow).toMatchObject({ kind: 'aborted' })
  expect(await waiting).toMatchObject({ kind: 'aborted' })
  expect(await next).toMatchObject(text)
  expect(await readText(documents, { signal: controller.signal })).toMatchObject({ kind: 'aborted' })
})

test('documents wait up to a cap, and beyond it they are refused', async () => {
  const documents = open({ maxWaiting: 1 })
  const controller = new AbortController()
  const slow = readEndless(documents, { signal: controller.signal })
  const waiting = readText(documents)
  expect(await readText(documents)).toMatchObject({ kind: 'busy' })
  controller.abort()
  expect(await slow).toMatchObject({ kind: 'aborted' })
  expect(await waiting).toMatchObject(text)
})

test('a document that waits longer than its limit is refused', async () => {
  const documents = open()
  const slow = readEndless(documents)
  expect(await readText(documents, { timeoutMs: 100 })).toMatchObject({ kind: 'busy' })
  await documents.close()
  expect(await slow).toMatchObject({ kind: 'closed' })
})

test('closing ends what runs and waits, and refuses what comes', async () => {
  const documents = open()
  const reading = [readEndless(documents), readText(documents)]
  await documents.close()
  for (const outcome of await Promise.all(reading)) expect(outcome).toMatchObject({ kind: 'closed' })
  expect(await readText(documents)).toMatchObject({ kind: 'closed' })
  await documents.close()
})

test.skipIf(!existsSync('/proc/self/task'))(
  'a process runs from the first document until it was idle for a while',
  async () => {
    const before = children()
    const documents = open({ idleMs: 300 })
    expect(children()).toEqual(before)
    expect(await readText(documents)).toMatchObject(text)
    const started = children().find((id) => !before.includes(id))
    expect(started).toBeDefined()
    expect(readFileSync(`/proc/${started}/environ`, 'utf8')).not.toContain('PATH=')
    expect(await readText(documents)).toMatchObject(text)
    expect(children()).toEqual([...before, started])
    await expect.poll(children).toEqual(before)
    expect(await readText(documents)).toMatchObject(text)
  },
)

test.skipIf(!existsSync('/proc/self/task'))(
  'a process that is killed from outside ends only its document',
  async () => {
    const before = children()
    const documents = open()
    const slow = readEndless(documents)
    const started = children().find((id) => !before.includes(id))
    process.kill(Number(started), 'SIGKILL')
    expect(await slow).toMatchObject({ type: 'failure' })
    expect(await readText(documents)).toMatchObject(text)
  },
)
