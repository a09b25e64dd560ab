import { createDecipheriv } from 'node:crypto'
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InstallationKey, parseInstallationKey } from './installation-key.ts'
import { SealedTextError, SecretCipher } from './secret-cipher.ts'

const keyOf = (byte: number): InstallationKey => new InstallationKey(Buffer.alloc(32, byte))
const row = ['byok', 'id-1', 'default', 'openai']

const reasonOf = (open: () => unknown): string => {
  try {
    open()
  } catch (error) {
    if (error instanceof SealedTextError) return error.reason
    throw error
  }
  return 'opened'
}

describe('a sealed text', () => {
  const cipher = new SecretCipher([keyOf(1)])

  test('is opened again, whatever it holds, and never looks the same twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = cipher.seal(text, row)
        expect(cipher.open(sealed, row).reveal()).toBe(text)
        expect(cipher.seal(text, row)).not.toBe(sealed)
      }),
    )
  })

  test('is AES-256-GCM under a key of its own, bound to its row', () => {
    const sealed = cipher.seal('secret', row)
    const [mark = '', text = ''] = sealed.split('.')
    const body = Buffer.from(text, 'base64url')
    const key = keyOf(1).derive('stored-secrets')
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, 12))
      .setAAD(Buffer.from(JSON.stringify([mark, ...row])))
      .setAuthTag(body.subarray(-16))
    expect(decipher.update(body.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')).toBe('secret')
  })

  test.each([
    ['another id', ['byok', 'id-2', 'default', 'openai']],
    ['another account', ['byok', 'id-1', 'other', 'openai']],
    ['another provider', ['byok', 'id-1', 'default', 'groq']],
    ['another kind', ['other', 'id-1', 'default', 'openai']],
    ['parts that only read the same together', ['byok', 'id-1default', '', 'openai']],
    ['fewer parts', ['byok', 'id-1', 'default']],
  ])('is not opened in a row with %s', (_, other) => {
    const sealed = cipher.seal('secret', row)
    expect(reasonOf(() => cipher.open(sealed, other))).toBe('damaged')
  })

  test('is not opened where any bit of it was changed or cut off', () => {
    const sealed = cipher.seal('secret', row)
    const [mark = '', text = ''] = sealed.split('.')
    const body = Buffer.from(text, 'base64url')
    for (let bit = 0; bit < body.length * 8; bit++) {
      const changed = Buffer.from(body)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(reasonOf(() => cipher.open(`${mark}.${changed.toString('base64url')}`, row))).toBe('damaged')
    }
    for (let length = 0; length < body.length; length++) {
      const cut = body.subarray(0, length).toString('base64url')
      expect(reasonOf(() => cipher.open(`${mark}.${cut}`, row))).toBe('damaged')
    }
    for (const broken of ['', '.', 'nonsense', mark, `0000000000000000.${text}`]) {
      expect(reasonOf(() => cipher.open(broken, row))).toMatch(/^(damaged|unknown-key)$/)
    }
  })

  test('is shown by nothing that prints it', () => {
    const secret = cipher.open(cipher.seal('the-secret', row), row)
    const shown = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      String(secret),
    ]
    expect(shown.join('')).not.toContain('the-secret')
  })
})

describe('several keys', () => {
  const before = new SecretCipher([keyOf(1)])
  const during = new SecretCipher([keyOf(2), keyOf(1)])
  const after = new SecretCipher([keyOf(2)])

  test('the first one seals, and all of them open', () => {
    const old = before.seal('secret', row)
    const fresh = during.seal('secret', row)
    expect(during.open(old, row).reveal()).toBe('secret')
    expect(after.open(fresh, row).reveal()).toBe('secret')
    expect([during.isCurrent(old), during.isCurrent(fresh)]).toEqual([false, true])
    expect(reasonOf(() => after.open(old, row))).toBe('unknown-key')
    expect(reasonOf(() => before.open(fresh, row))).toBe('unknown-key')
  })

  test('a mark tells which key is needed, and not the key', () => {
    expect([during.reads(before.mark), before.reads(during.mark)]).toEqual([true, false])
    expect(before.mark).toMatch(/^[0-9a-f]{16}$/)
    expect(keyOf(1).derive('stored-secrets').toString('hex')).not.toContain(before.mark)
  })
})

test('a key as text is the same in base64, base64url and hexadecimal digits', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index * 5))
  const expected = new InstallationKey(bytes).derive('x')
  for (const text of [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]) {
    expect(parseInstallationKey(text).derive('x')).toEqual(expected)
  }
})
