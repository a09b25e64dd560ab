import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ToolNames } from './tool-names.ts'

const open = () => new ToolNames(/[^a-zA-Z0-9_-]/g, 64)

test('a name that is taken goes as it is', () => {
  expect(open().toWire('get_weather-2')).toBe('get_weather-2')
  expect(open().fromWire('never_offered')).toBe('never_offered')
})

test('one that is not is changed, and two never become one', () => {
  const names = open()
  expect(names.toWire('files.read')).toBe('files_read')
  expect(names.toWire('files/read')).toMatch(/^files_read_[0-9a-f]{8}$/)
  expect(names.fromWire('files_read')).toBe('files.read')
})

test('a name that the upstream uses itself is not given to another', () => {
  const names = new ToolNames(/[^a-zA-Z0-9_-]/g, 64, ['web_search'])
  expect(names.toWire('web_search')).toMatch(/^web_search_[0-9a-f]{8}$/)
  expect(names.fromWire(names.toWire('web_search'))).toBe('web_search')
})

test('whatever the names: each is taken, differs from the others, and comes back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ maxLength: 80 }), { maxLength: 20 }), (list) => {
      const names = open()
      const wire = list.map((name) => names.toWire(name))
      for (const name of wire) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
      expect(wire.map((name) => names.fromWire(name))).toEqual(list)
      expect(list.map((name) => names.toWire(name))).toEqual(wire)
    }),
  )
})
