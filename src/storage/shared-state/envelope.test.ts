import { expect, test } from 'vitest'
import { Envelope } from './envelope.ts'

/** A cipher that is only bound to its place. */
const envelope = new Envelope({
  seal: (content, place) => JSON.stringify([Buffer.from(content).toString('base64'), place]),
  openBytes(sealed, place) {
    const [content, sealedFor] = JSON.parse(sealed)
    if (JSON.stringify(sealedFor) !== JSON.stringify(place)) throw new Error('another place')
    return Buffer.from(content, 'base64')
  },
})

test('a text is opened as it was closed', () => {
  for (const text of ['', 'a', '{"ä":"🙂"}', 'x'.repeat(100_000)]) {
    expect(envelope.open(envelope.seal(text, ['p']), ['p'], 100_000)).toBe(text)
  }
})

test('what is longer than expected once it is unpacked, is of another place, or is no envelope, is not opened', () => {
  const bomb = envelope.seal('x'.repeat(1_000_000), ['p'])
  expect(bomb.length).toBeLessThan(10_000)
  expect(envelope.open(bomb, ['p'], 999_999)).toBeNull()
  expect(envelope.open(bomb, ['q'], 1_000_000)).toBeNull()
  for (const text of ['', 'null', '[]', '["AAAA",["p"]]']) expect(envelope.open(text, ['p'], 1_000)).toBeNull()
})
