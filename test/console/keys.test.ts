import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeConsole } from '../engines/engines.ts'
import {
  type ConsoleBrowser,
  expectSoundLooks,
  inferenceKey,
  keepsInMemory,
  managementKey,
  seriousFindings,
  startConsole,
} from './console-browser.ts'

describeConsole('sign-in and keys', (chromium) => {
  let console: ConsoleBrowser
  beforeAll(async () => {
    console = await startConsole(chromium)
  })
  afterAll(() => console.close())

  test('a management key signs in, the page keeps no key, and signing out ends the session', async () => {
    const page = await console.open('/keys', { isSignedOut: true })
    await page.getByLabel('Management key').fill(inferenceKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByLabel('Management key').fill(managementKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    // The address stays what it was.
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
    const kept = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML])',
    )
    expect(kept).not.toContain(managementKey)
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Management key').waitFor()
    expect((await page.request.get(`${console.gateway.url}/api/v1/keys`)).status()).toBe(401)
    await page.close()
  })

  test('a link signs in once, and its token leaves the address', async () => {
    const link = await console.gateway.signInLink()
    const page = await console.open(link.slice(link.indexOf('#') + 1), { isSignedOut: true })
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(page.url()).not.toContain('token')
    await page.getByRole('button', { name: 'Operator' }).waitFor()
    await page.close()
    const again = await console.open(link.slice(link.indexOf('#') + 1), { isSignedOut: true })
    await again.getByRole('alert').waitFor()
    expect(again.url()).not.toContain('token')
    await again.close()
  })

  test('no other site can show the console in a frame', async () => {
    const frame = `<iframe src="${console.gateway.url}/"></iframe>`
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(frame))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const context = (await console.open('/keys')).context()
    // The session is that of the browser, and the frame is empty all the same.
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${Object(server.address()).port}/`, { waitUntil: 'load' })
    expect(await page.frames().at(1)?.evaluate('document.querySelector("#root")')).toBeNull()
    server.close()
    await context.close()
  })

  test('the pages can be used with the keyboard alone', async () => {
    const page = await console.open('/keys')
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content')
    await page.getByRole('button', { name: 'New key' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'New key' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.textContent')).toBe('New key')
    await page.getByRole('tab', { name: 'Keys', exact: true }).focus()
    for (const name of ['Accounts', 'Credits']) {
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe(name)
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Credits' }).waitFor()
    expect(page.url()).toContain('tab=credits')
    await page.close()
  })

  test('a key is made, limited, used, disabled and revoked', async () => {
    const page = await console.open('/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('for a test')
    await page.getByLabel('Limit (USD)').fill('2.5')
    await page.getByLabel('The limit begins anew').selectOption('daily')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = (await page.getByLabel('The new key', { exact: true }).last().textContent()) ?? ''
    expect(key).toMatch(/^sk-or-v1-\w{32,}$/)
    expect(await keepsInMemory(page, key)).toBe(true)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    expect(await page.evaluate<string>('document.documentElement.outerHTML')).not.toContain(key)
    await expect.poll(() => keepsInMemory(page, key)).toBe(false)
    const use = async () => (await console.gateway.chat({}, { authorization: `Bearer ${key}` })).status
    expect(await use()).toBe(200)
    const row = page.getByRole('row').filter({ hasText: 'for a test' })
    expect(await row.textContent()).toContain('of $2.50')
    await row.getByRole('button', { name: 'Disable for a test' }).click()
    await row.getByText('disabled').waitFor()
    expect(await use()).toBe(401)
    await row.getByRole('button', { name: 'Enable for a test' }).click()
    await row.getByText('active').waitFor()
    await row.getByRole('button', { name: 'Edit for a test' }).click()
    await page.getByLabel('Limit (USD)').fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await row.getByText('no limit').waitFor()
    await row.getByRole('button', { name: 'Revoke for a test' }).click()
    await page.getByRole('button', { name: 'Revoke the key' }).click()
    await row.waitFor({ state: 'detached' })
    expect(await use()).toBe(401)
    await page.close()
  })

  test('credits and provider keys are added and taken away', async () => {
    const page = await console.open('/keys?tab=credits')
    await page.getByRole('button', { name: 'Add credits' }).click()
    await page.getByLabel('Amount (USD)').fill('12')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('$12.00').first().waitFor()
    await page.getByRole('tab', { name: 'Provider keys' }).click()
    await page.getByRole('button', { name: 'Add a key' }).click()
    await page.getByLabel('Provider', { exact: true }).fill('prov-a')
    await page.getByLabel('Key', { exact: true }).fill('own-key-0123456789')
    await page.getByLabel('Name').fill('ours')
    await page.getByRole('button', { name: 'Add the key' }).click()
    const row = page.getByRole('row').filter({ hasText: 'ours' })
    await row.waitFor()
    expect(await page.evaluate<string>('document.documentElement.outerHTML')).not.toContain('own-key-0123456789')
    await expect.poll(() => keepsInMemory(page, 'own-key-0123456789')).toBe(false)
    await row.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete the key' }).click()
    await page.getByText('The account has brought no keys.').waitFor()
    await page.close()
  })

  test('an account whose credits were all taken back is not shown as one without a limit', async () => {
    const page = await console.open('/keys?tab=credits&account=team-a')
    const credits = page.getByRole('region', { name: 'Credits' })
    const left = credits.locator('dt', { hasText: 'Left' }).locator('xpath=following-sibling::dd[1]')
    await left.getByText('no limit', { exact: true }).waitFor()
    for (const [amount, shown] of [
      ['25', '$25.00'],
      ['-25', '$0'],
    ] as const) {
      await page.getByRole('button', { name: 'Add credits' }).click()
      await page.getByLabel('Amount (USD)').fill(amount)
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await left.getByText(shown, { exact: true }).waitFor()
    }
    const used = await console.gateway.chat({}, { authorization: `Bearer ${inferenceKey}-elsewhere` })
    expect(used.status).toBe(402)
    await page.close()
  })

  test.each([
    {
      ...{ tab: 'provider-keys', table: 'Provider keys', early: 'key-000', late: 'key-100' },
      add: (index: string) => addProviderKey(index, 'many'),
    },
    {
      // Those that were changed last come first.
      ...{ tab: 'presets', table: 'Presets', early: '@preset/preset-100', late: '@preset/preset-000' },
      add: (index: string) =>
        send(
          `/presets/preset-${index}/chat/completions`,
          { messages: [{ role: 'system', content: 'Be brief.' }] },
          'many',
        ),
    },
    {
      ...{ tab: 'accounts', table: 'Accounts', early: 'a-000', late: 'team-a' },
      add: (index: string) => send('/keys', { name: 'app' }, `a-${index}`),
    },
  ])(
    'the tab $tab has a next page where there are more than a hundred rows',
    async ({ tab, table, early, late, add }) => {
      for (const index of indices) await add(index)
      const page = await console.open(`/keys?tab=${tab}&account=many`)
      const row = (text: string) => page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text })
      await row(early).waitFor()
      expect(await row(late).count()).toBe(0)
      await page.getByText(/^1 to 100 of 10\d$/).waitFor()
      expect(await page.getByRole('button', { name: 'Before' }).isDisabled()).toBe(true)
      await page.getByRole('button', { name: 'Next' }).click()
      await row(late).waitFor()
      expect(await row(early).count()).toBe(0)
      await page.getByText(/^101 to 10\d of 10\d$/).waitFor()
      expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
      expect(await seriousFindings(page)).toEqual([])
      await page.getByRole('button', { name: 'Before' }).click()
      await row(early).waitFor()
      await page.close()
    },
  )

  test('a page whose last row is deleted gives way to the one before', async () => {
    for (const index of indices) await addProviderKey(index, 'fewer')
    const page = await console.open('/keys?tab=provider-keys&account=fewer')
    const row = (text: string) => page.getByRole('row').filter({ hasText: text })
    await page.getByRole('button', { name: 'Next' }).click()
    await row('key-100').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete the key' }).click()
    await row('key-000').waitFor()
    await page.getByRole('button', { name: 'Next' }).waitFor({ state: 'detached' })
    await page.close()
  })

  /** One more than a page has rows. */
  const indices = Array.from({ length: 101 }, (_, index) => String(index).padStart(3, '0'))

  const addProviderKey = (index: string, account: string): Promise<void> =>
    send('/byok', { provider: 'prov-a', key: `own-${index}-0123456789`, name: `key-${index}` }, account)

  /** Sends a `POST` for an account, as the operator. */
  async function send(path: string, body: object, account: string): Promise<void> {
    const headers = { authorization: `Bearer ${managementKey}`, 'x-waygate-account': account }
    expect((await console.gateway.post(`/api/v1${path}`, body, headers)).status).toBeLessThan(300)
  }

  test.each(['light', 'dark'] as const)('has no serious finding of axe in the %s scheme, and fits a phone', (scheme) =>
    expectSoundLooks(
      console,
      '/keys',
      (page) => page.getByRole('table', { name: 'Keys' }).waitFor(),
      [1280, 390].map((width) => ({ scheme, width })),
    ),
  )
})
