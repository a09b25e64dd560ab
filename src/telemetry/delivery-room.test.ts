import { expect, test } from 'vitest'
import { DeliveryRoom } from './delivery-room.ts'

/** Takes as much as there is, in small pieces. */
function fill(room: DeliveryRoom, owner: string): number {
  let taken = 0
  while (taken < 20_000 && room.of(owner).take(1)) taken += 1
  return taken
}

test('an owner alone gets a quarter', () => {
  expect(fill(new DeliveryRoom(1_000), 'a')).toBe(250)
})

test('another one finds room beside many that are full, and all together have no more than there is', () => {
  const room = new DeliveryRoom(10_000)
  for (let owner = 0; owner < 10; owner++) fill(room, `full ${owner}`)
  expect(room.used).toBeLessThanOrEqual(10_000)
  expect(fill(room, 'another')).toBeGreaterThan(100)
  expect(room.used).toBeLessThanOrEqual(10_000)
})

test('what is given back is free again', () => {
  const room = new DeliveryRoom(1_000)
  expect(room.of('a').take(250)).toBe(true)
  expect(room.of('a').take(1)).toBe(false)
  room.of('a').give(250)
  expect(room.used).toBe(0)
  expect(room.of('a').take(250)).toBe(true)
})
