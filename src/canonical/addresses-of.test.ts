import { expect, test } from 'vitest'
import { addressesOf } from './addresses-of.ts'

test('finds each address once, in order, without the punctuation after it', () => {
  expect(addressesOf('See https://a.com/x, http://b.com. And (https://a.com/x)!', 9)).toEqual([
    'https://a.com/x',
    'http://b.com/',
  ])
})

test('finds no more than asked for', () => {
  expect(addressesOf('http://a.com http://b.com http://c.com', 2)).toEqual(['http://a.com/', 'http://b.com/'])
})

test('an address inside another one is a part of it', () => {
  expect(addressesOf('https://archive.org/web/https://a.com/x', 9)).toEqual(['https://archive.org/web/https://a.com/x'])
})

test('megabytes of one address after the other are read once', () => {
  expect(addressesOf('http://'.repeat(1_000_000), 9)).toHaveLength(2)
})
