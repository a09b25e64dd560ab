import { expect, test } from 'vitest'
import { loadDriver } from './load-driver.ts'

test('a driver that is not installed is named, with the command that installs it', async () => {
  const missing = Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' })
  await expect(loadDriver(() => Promise.reject(missing), 'Run `npm install pg`.')).rejects.toThrow('npm install pg')
})

test('a driver that is broken is not called missing', async () => {
  const broken = loadDriver(() => Promise.reject(new SyntaxError('unexpected token')), 'Run `npm install pg`.')
  await expect(broken).rejects.toThrow('unexpected token')
})
