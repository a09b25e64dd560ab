import { expect, test } from 'vitest'
import { loadPg } from './load-pg.ts'

test('a driver that is not installed is named, with the command that installs it', async () => {
  const missing = Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' })
  await expect(loadPg(() => Promise.reject(missing))).rejects.toThrow('npm install pg')
})

test('a driver that is broken is not called missing', async () => {
  await expect(loadPg(() => Promise.reject(new SyntaxError('unexpected token')))).rejects.toThrow('unexpected token')
})
