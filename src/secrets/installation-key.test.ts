import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createEndUserId } from './end-user-id.ts'
import { InstallationKey, openInstallationKey, passingKey, readInstallationKey } from './installation-key.ts'

function temporaryFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-key-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'house', 'secret.key')
}

const module = new URL('./installation-key.ts', import.meta.url).href
const purpose = 'a test'
const derived = (key: InstallationKey | null): string | undefined => key?.derive(purpose).toString('hex')

describe('the key of an installation', () => {
  test('is made once: 32 random bytes that its owner alone may read', () => {
    const file = temporaryFile()
    const first = openInstallationKey(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file)).toHaveLength(32)
    expect(derived(openInstallationKey(file))).toBe(derived(first))
    expect(readdirSync(join(file, '..'))).toEqual(['secret.key'])
    expect(derived(openInstallationKey(temporaryFile()))).not.toBe(derived(first))
  })

  test('is private whatever new files usually are', () => {
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    const file = temporaryFile()
    openInstallationKey(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is not made by looking', () => {
    const file = temporaryFile()
    expect(readInstallationKey(file)).toBeNull()
    expect(existsSync(join(file, '..'))).toBe(false)
  })

  test.each([0o604, 0o602, 0o644, 0o666])('is refused where everybody may read or change it: %o', (mode) => {
    const file = temporaryFile()
    openInstallationKey(file)
    chmodSync(file, mode)
    expect(() => openInstallationKey(file)).toThrow(`every user of this machine. Run: chmod 600 '${file}'`)
  })

  test.each([0o600, 0o400, 0o440, 0o640])('may be read by its group: %o', (mode) => {
    const file = temporaryFile()
    const first = openInstallationKey(file)
    chmodSync(file, mode)
    expect(derived(openInstallationKey(file))).toBe(derived(first))
  })

  test.each([0, 31, 33, 64])('is refused where it has %d bytes, and kept as it is', (length) => {
    const file = temporaryFile()
    mkdirSync(join(file, '..'))
    writeFileSync(file, Buffer.alloc(length, 7), { mode: 0o600 })
    expect(() => openInstallationKey(file)).toThrow(`must hold exactly 32 bytes, not ${length}`)
    expect(readFileSync(file)).toHaveLength(length)
  })

  test('is refused where it is a directory, or cannot be made: the message names the setting', () => {
    const file = temporaryFile()
    mkdirSync(file, { recursive: true })
    expect(() => openInstallationKey(file)).toThrow('is not a file. Let secrets.key_file name another')
    const blocked = temporaryFile()
    writeFileSync(join(blocked, '..'), '')
    expect(() => openInstallationKey(blocked)).toThrow(
      'cannot be made (a part of its path is a file). Let secrets.key_file name a file',
    )
  })

  test.runIf(process.platform === 'linux')('is refused where no directory can be made: the attempt ends', async () => {
    const script = `import { openInstallationKey } from '${module}'; openInstallationKey('/proc/k/deeper/secret')`
    const ended = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 })
    await expect(ended).rejects.toThrow('/proc/k/deeper/secret, cannot be made (its directory cannot be made). Let')
  })

  test('is one, however many start at once', async () => {
    const file = temporaryFile()
    const script = `import { openInstallationKey } from '${module}'; console.log(openInstallationKey(process.argv[1]).derive('${purpose}').toString('hex'))`
    const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, file])
    const started = await Promise.all(Array.from({ length: 6 }, start))
    expect(new Set(started.map(({ stdout }) => stdout.trim()))).toEqual(new Set([derived(openInstallationKey(file))]))
  })

  test('gives each use a key of its own: HKDF of RFC 5869 with SHA-256', () => {
    const key = new InstallationKey(Buffer.alloc(32, 1))
    expect(key.derive('one')).toHaveLength(32)
    expect(key.derive('one').equals(key.derive('one'))).toBe(true)
    expect(key.derive('one').equals(key.derive('two'))).toBe(false)
    // Written down from OpenSSL: openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:01…01 -kdfopt info:waygate/end-user-id HKDF
    expect(key.derive('end-user-id').toString('hex')).toBe(
      'aa44afabb57f63b0f0ce02ed84995e5d940d558808161875a888f03c0e09fc7d',
    )
  })
})

describe('the id by which a provider knows an end user', () => {
  const idOf = createEndUserId(passingKey())

  test('is the same for the same user of the same account, and tells nothing of either', () => {
    expect(idOf('default', 'jane')).toBe(idOf('default', 'jane'))
    expect(idOf('default', 'jane')).toMatch(/^user_[0-9a-f]{32}$/)
  })

  test('differs by user, by account and by installation', () => {
    const ids = [
      idOf('default', 'jane'),
      idOf('default', 'joe'),
      idOf('other', 'jane'),
      createEndUserId(passingKey())('default', 'jane'),
    ]
    expect(new Set(ids).size).toBe(4)
  })

  test('is not the same where account and user only read the same together', () => {
    expect(idOf('a', 'b","c')).not.toBe(idOf('a","b', 'c'))
    expect(idOf('ab', 'c')).not.toBe(idOf('a', 'bc'))
  })
})
