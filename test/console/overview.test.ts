import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeConsole } from '../engines/engines.ts'
import {
  type ConsoleBrowser,
  expectSoundLooks,
  inferenceKey,
  seriousFindings,
  startConsole,
} from './console-browser.ts'

const prompt = 'canary-prompt-of-the-console'

describeConsole('overview, requests and playground', (chromium) => {
  let console: ConsoleBrowser
  beforeAll(async () => {
    const price = { prompt: 1000, completion: 2000 }
    console = await startConsole(chromium, {
      default_model: 'acme/m1',
      models: {
        'acme/down': {
          endpoints: [
            { provider: 'prov-a', model: 'status-503', pricing: price },
            { provider: 'prov-b', model: 'steady', pricing: price },
          ],
        },
        'acme/tools': { endpoints: [{ provider: 'prov-b', model: 'tool-call', pricing: price }] },
      },
    })
    const ask = async (body: object) => {
      const reply = await console.gateway.chat(
        { user: 'ann', messages: [{ role: 'user', content: prompt }], ...body },
        { authorization: `Bearer ${inferenceKey}` },
      )
      await reply.text()
    }
    await ask({})
    await ask({ model: 'acme/down' })
    await ask({ model: 'acme/down', provider: { only: ['prov-a'] }, user: 'bob' })
  })
  afterAll(() => console.close())

  test('the overview has the sums, a chart of each, and what they are made of', async () => {
    const page = await console.open('/')
    const figures = page.getByRole('group', { name: 'Figures of the last 24 hours' })
    await expect.poll(() => figures.getByRole('button', { name: 'Requests' }).textContent()).toMatch(/^Requests3/)
    expect(await figures.getByRole('button', { name: 'Errors' }).textContent()).toMatch(/^Errors33%/)
    await figures.getByRole('button', { name: 'First token' }).click()
    await page.getByRole('img', { name: 'First token p50, the last 24 hours' }).waitFor()
    await page.getByRole('radio', { name: '7 d' }).click()
    await page.getByLabel('Compare').check()
    await page.getByText('Before').waitFor()
    await page.getByRole('radio', { name: 'User' }).click()
    const sums = page.getByRole('table', { name: 'Sums by user' })
    await sums.getByRole('link', { name: 'bob' }).waitFor()
    // What costs nothing has no bar below its name.
    const barsOf = (user: string) => sums.getByRole('row').filter({ hasText: user }).locator('[style*=width]').count()
    expect([await barsOf('ann'), await barsOf('bob')]).toEqual([1, 0])
    // What was chosen stands in the address, and is there again.
    expect(page.url()).toMatch(/range=7d/)
    await page.reload()
    await page.getByRole('img', { name: 'First token p50, the last 7 days' }).waitFor()
    await sums.getByRole('link', { name: 'bob' }).click()
    await page.getByRole('table', { name: 'Requests' }).waitFor()
    expect(page.url()).toContain('user=bob')
    await page.close()
  })

  test('a request that ends is seen at once', async () => {
    const page = await console.open('/')
    await page.getByRole('heading', { name: 'Live' }).waitFor()
    await expect
      .poll(
        async () => {
          const reply = await console.gateway.chat({ user: 'live' }, { authorization: `Bearer ${inferenceKey}` })
          await reply.text()
          return page.getByRole('list').getByText('acme/m1').count()
        },
        { interval: 500 },
      )
      .toBeGreaterThan(1)
    await page.close()
  })

  test('requests are filtered by what stands in the address', async () => {
    const page = await console.open('/requests?user=ann')
    const rows = page.getByRole('table', { name: 'Requests' }).locator('tbody')
    await expect.poll(() => rows.count()).toBe(2)
    await page.getByLabel('Model').fill('acme/down')
    await page.keyboard.press('Enter')
    await expect.poll(() => rows.count()).toBe(1)
    expect(page.url()).toContain('model=acme%2Fdown')
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByLabel('Failed only').check()
    await expect.poll(() => rows.count()).toBe(1)
    expect(await rows.textContent()).toContain('bob')
    // What its client was told, without the words of the provider: the account does not log content.
    const message = /^No provider can serve the request now\./
    await rows.getByText(message).waitFor()
    await rows.getByRole('link').first().click()
    await page.getByText(message).waitFor()
    await page.getByRole('region', { name: 'Tokens' }).getByText('None were counted.').waitFor()
    await page.close()
  })

  test('older requests are all shown behind the first ones', async () => {
    const page = await console.open('/settings')
    await page.route('**/api/v1/waygate/generations?*', async (route) => {
      const address = new URL(route.request().url())
      const isFirst = !address.searchParams.has('cursor')
      address.searchParams.delete('cursor')
      const { data } = await (await route.fetch({ url: address.href })).json()
      const rows = Array.from({ length: 100 }, (_, index) => ({ ...data[0], id: `gen-${isFirst}-${index}` }))
      await route.fulfill({ json: { data: rows, next_cursor: isFirst ? 'next' : null, searched_until: null } })
    })
    await page.getByRole('link', { name: 'Requests' }).click()
    const rows = page.getByRole('table', { name: 'Requests' }).locator('tbody')
    await expect.poll(() => rows.count()).toBe(100)
    await page.getByRole('button', { name: 'Older' }).click()
    await expect.poll(() => rows.count()).toBe(200)
    await page.close()
  })

  test('a request shows its calls, its route and its cost, and another route can be tried', async () => {
    const page = await console.open('/requests?user=ann&model=acme/down')
    await page.getByRole('table', { name: 'Requests' }).getByRole('link').first().click()
    const calls = page.getByRole('region', { name: 'Calls' })
    await calls.getByText('Prov B').waitFor()
    expect(await calls.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^Prov A.*503/),
      expect.stringMatching(/^Prov B.*answered with 200/),
    ])
    const costs = page.getByRole('table', { name: 'Parts of the cost' })
    expect(await costs.textContent()).toMatch(/prompt.*completion.*Total\$0\.0/)
    const route = page.getByRole('region', { name: 'Why this route' })
    expect(await route.getByText('called').count()).toBe(2)
    await page.getByRole('button', { name: 'Try another route' }).click()
    await page.getByLabel('Providers left out').fill('prov-b')
    await page.getByRole('button', { name: 'Show the route' }).click()
    await page.getByRole('region', { name: 'What if' }).getByText('left out', { exact: true }).waitFor()
    // The account does not log content, so the page has none of it.
    await page.getByText('are not logged').waitFor()
    expect(await page.evaluate<string>('document.documentElement.outerHTML')).not.toContain(prompt)
    await page.close()
  })

  test('the playground begins with the default model', async () => {
    const page = await console.open('/playground')
    await expect.poll(() => page.getByLabel('Model', { exact: true }).inputValue()).toBe('acme/m1')
    await page.close()
  })

  test('the playground streams an answer, takes the result of a tool, and shows the code', async () => {
    const page = await console.open('/playground?model=acme/m1')
    await page.getByRole('button', { name: 'Compare two models' }).click()
    await page.getByLabel('Model 2').fill('acme/tools')
    await page
      .getByRole('textbox', { name: 'Tools' })
      .fill('[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{}}}}]')
    await page
      .getByLabel('Files')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') })
    await page.getByText('notes.txt').waitFor()
    await page.getByRole('textbox', { name: 'Message' }).fill('How is the weather?')
    await page.keyboard.press('Enter')
    const one = page.getByRole('log', { name: 'Conversation with acme/m1' })
    await one.getByRole('link', { name: 'its route' }).waitFor()
    expect(await one.textContent()).toMatch(/Prov A · \d+ \+ \d+ tokens · \$0\.0.* · first token/)
    await page.getByLabel('What weather returns').fill('sunny')
    await page.getByRole('button', { name: 'Send the results' }).click()
    await page.getByRole('log', { name: 'Conversation with acme/tools' }).getByText('sunny').waitFor()
    await page.getByRole('radio', { name: 'Python' }).click()
    const code = (await page.getByLabel('Code', { exact: true }).last().textContent()) ?? ''
    expect(code).toContain('How is the weather?')
    expect(code).toContain('WAYGATE_API_KEY')
    expect(await seriousFindings(page)).toEqual([])
    // It was charged to the key of the console.
    await page.goto(`${console.gateway.url}/#/keys`)
    await page.getByRole('row').filter({ hasText: 'Console' }).waitFor()
    await page.close()
  })

  test('an answer that failed in the playground leads to its request', async () => {
    const page = await console.open('/playground?model=acme/unknown')
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello!')
    await page.keyboard.press('Enter')
    await page.getByText('acme/unknown is not a valid model ID').waitFor()
    await page.getByRole('link', { name: 'its route' }).click()
    await page.getByRole('region', { name: 'Calls' }).getByText('No provider was called.').waitFor()
    await page.close()
  })

  const pages = [
    ['/', 'Overview'],
    ['/requests', 'Requests'],
    ['/playground', 'Playground'],
  ] as const
  test.each(pages)('%s has no serious finding of axe in either scheme, and fits a phone', (address, title) =>
    expectSoundLooks(console, address, async (page) => {
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.getByRole('status').first().waitFor({ state: 'detached' })
    }),
  )
})
