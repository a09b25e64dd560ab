import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeConsole } from '../engines/engines.ts'
import { type ConsoleBrowser, expectSoundLooks, managementKey, startConsole } from './console-browser.ts'

describeConsole('models, settings and accounts', (chromium) => {
  let console: ConsoleBrowser
  beforeAll(async () => {
    console = await startConsole(chromium, {
      accounts: { default: { log_content: true } },
      models: {
        'acme/dear': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: { prompt: 90, completion: 90 } }] },
        'acme/painter': {
          output_modalities: ['image'],
          endpoints: [{ provider: 'prov-a', model: 'images', pricing: { output_image: 0.04 } }],
        },
        'acme/ill': { endpoints: [{ provider: 'prov-a', model: 'status-500', pricing: { prompt: 5, completion: 5 } }] },
      },
    })
  })
  afterAll(() => console.close())

  test('endpoints are searched, sorted by price and asked', async () => {
    const page = await console.open('/models')
    const table = page.getByRole('table', { name: 'Endpoints' })
    await table.getByRole('button', { name: '$/M in' }).click()
    expect(await table.getByRole('columnheader', { name: '$/M in' }).getAttribute('aria-sort')).toBe('descending')
    expect(await table.locator('tbody').first().textContent()).toContain('acme/dear')
    await page.getByLabel('Search').fill('ill')
    await expect.poll(() => table.locator('tbody').count()).toBe(1)
    await page.getByRole('button', { name: 'Details of acme/ill prov-a' }).click()
    await page.getByRole('button', { name: 'Test call' }).click()
    await page.getByText(/It failed with \d+/).waitFor()
    await page.getByLabel('Search').fill('dear')
    await page.getByRole('button', { name: 'Details of acme/dear prov-a' }).click()
    await page.getByRole('button', { name: 'Test call' }).click()
    await page.getByText('It answered').waitFor()
    await page.getByRole('link', { name: 'The request' }).click()
    await page.getByRole('region', { name: 'Calls' }).waitFor()
    await page.goto(`${console.gateway.url}/#/models?tab=providers`)
    await page.getByRole('row').filter({ hasText: 'anthropic' }).getByText('ANTHROPIC_API_KEY').waitFor()
    await page.close()
  })

  test('what is paid by the image is not called free, and is not asked as if it chatted', async () => {
    const page = await console.open('/models')
    await page.getByLabel('Search').fill('painter')
    const table = page.getByRole('table', { name: 'Endpoints' })
    await expect.poll(() => table.locator('tbody').count()).toBe(1)
    expect(await table.locator('tbody').textContent()).not.toContain('free')
    await page.getByRole('button', { name: 'Details of acme/painter prov-a' }).click()
    await page.getByText('$0.04 each').waitFor()
    expect(await page.getByRole('button', { name: 'Test call' }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Open in the playground' }).count()).toBe(0)
    await page.close()
  })

  test('the configuration stands there with its sources, without secrets, and is loaded again', async () => {
    const page = await console.open('/settings')
    const values = page.getByRole('table', { name: 'Values' })
    await values.getByText('limits.body_mb').waitFor()
    await page.getByLabel('Search the configuration').fill('api_key')
    await values.getByText('providers.prov-a.api_key').waitFor()
    expect(await values.textContent()).toContain('•••')
    const shown = await page.evaluate<string>('document.documentElement.outerHTML')
    for (const secret of ['upstream-secret-of-prov-a', managementKey, 'ab'.repeat(32)])
      expect(shown).not.toContain(secret)
    await page.getByRole('button', { name: 'Check the books' }).click()
    await page.getByText('The books are in order.').waitFor()
    await page.close()
  })

  test('an operator acts for another account, and the address says so', async () => {
    const page = await console.open('/keys?tab=accounts')
    await page.getByRole('link', { name: 'team-a' }).click()
    await page.getByRole('row').filter({ hasText: 'elsewhere' }).waitFor()
    expect(page.url()).toContain('account=team-a')
    await page.getByRole('link', { name: 'Requests' }).first().click()
    await page.getByText('No request matches.').waitFor()
    expect(page.url()).toContain('account=team-a')
    await page.getByLabel('Account').selectOption('default')
    await page.getByRole('table', { name: 'Requests' }).waitFor()
    await page.close()
  })

  test('a key is made, spends, is seen in the overview and by its request, is revoked, and is refused', async () => {
    const page = await console.open('/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('task')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = (await page.getByLabel('The new key', { exact: true }).last().textContent()) ?? ''
    await page.getByRole('button', { name: 'I have kept it' }).click()
    const use = () => console.gateway.chat({ model: 'acme/dear' }, { authorization: `Bearer ${key}` })
    expect((await use()).status).toBe(200)
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('radio', { name: 'Key' }).click()
    const row = page.getByRole('table', { name: 'Sums by key' }).getByRole('row').filter({ hasText: 'task' })
    expect(await row.textContent()).toMatch(/\$0\.00\d+/)
    await row.getByRole('link', { name: 'task' }).click()
    await page.getByRole('table', { name: 'Requests' }).getByRole('link').first().click()
    await page.getByRole('region', { name: 'Calls' }).getByText('Prov A').waitFor()
    expect(await page.getByLabel('Input', { exact: true }).textContent()).toContain('hi')
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('button', { name: 'Revoke task' }).click()
    await page.getByRole('button', { name: 'Revoke the key' }).click()
    await page.getByRole('row').filter({ hasText: 'task' }).waitFor({ state: 'detached' })
    expect((await use()).status).toBe(401)
    await page.close()
  })

  test('a preset is stored and shown', async () => {
    const page = await console.open('/keys?tab=presets')
    await page.getByRole('button', { name: 'New version' }).click()
    await page.getByLabel('Name').fill('short')
    await page
      .getByLabel('Settings')
      .fill('{"model":"acme/m1","messages":[{"role":"user","content":"a"}],"temperature":0.3}')
    await page.getByRole('button', { name: 'Store it' }).click()
    await page.getByRole('button', { name: 'Details of short' }).click()
    await page.getByLabel('Settings of short').getByText('"temperature": 0.3').waitFor()
    await page.close()
  })

  const pages = [
    ['/models', 'Models and providers'],
    ['/settings', 'Settings'],
  ] as const
  test.each(pages)('%s has no serious finding of axe in either scheme, and fits a phone', (address, title) =>
    expectSoundLooks(console, address, async (page) => {
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.getByRole('table').first().waitFor()
    }),
  )
})
