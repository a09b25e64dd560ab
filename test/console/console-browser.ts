import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'

export const managementKey = 'sk-or-v1-management-key-of-the-console-tests'
export const inferenceKey = 'sk-or-v1-inference-key-of-the-console-tests'

/** A gateway, and a browser in front of it. */
export interface ConsoleBrowser {
  readonly gateway: TestGateway
  /** Opens a page of the console in a browser of its own, signed in unless the options say otherwise. */
  open(address: string, options?: OpenOptions): Promise<Page>
  close(): Promise<void>
}

interface Look {
  readonly width?: number
  readonly scheme?: 'light' | 'dark'
}

interface OpenOptions extends Look {
  readonly isSignedOut?: boolean
}

/** Starts a gateway with two keys, and Chromium. A page that reports an error of a script, or loads from elsewhere, fails its test. */
export async function startConsole(
  program: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<ConsoleBrowser> {
  const gateway = await startGateway({
    keys: [
      { name: 'admin', key: managementKey, management: true },
      { name: 'app', key: inferenceKey },
      { name: 'elsewhere', key: `${inferenceKey}-elsewhere`, account: 'team-a' },
    ],
    ...config,
  })
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
  return {
    gateway,
    async open(address, { width = 1280, scheme = 'light', isSignedOut = false } = {}) {
      const page = await newPage(browser, gateway.url, { width, scheme })
      if (!isSignedOut) await signIn(page, gateway.url)
      await page.goto(`${gateway.url}/#${address}`)
      return page
    },
    async close() {
      await browser.close()
      await gateway.close()
    },
  }
}

async function newPage(browser: Browser, url: string, { width, scheme }: { width: number; scheme: 'light' | 'dark' }) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:')) faults.push(request.url())
  })
  page.on('close', () => expect(faults).toEqual([]))
  return page
}

/** Begins the session as the page does, so that each test need not type the key. */
async function signIn(page: Page, url: string): Promise<void> {
  const reply = await page.request.post(`${url}/api/v1/waygate/session`, {
    headers: { 'x-waygate-console': '1', origin: url },
    data: { key: managementKey },
  })
  expect(reply.status()).toBe(200)
}

/** Returns what axe finds serious or critical on a page, by rule. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/** Returns whether the scripts of a page still keep a text after everything that they can no longer reach was cleared. */
export async function keepsInMemory(page: Page, text: string): Promise<boolean> {
  const session = await page.context().newCDPSession(page)
  const snapshot: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => snapshot.push(chunk))
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.takeHeapSnapshot')
  await session.detach()
  return snapshot.join('').includes(text)
}

/** A wide window in the light scheme, and a phone in the dark one. */
const looks: readonly Look[] = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 390 },
]

/** Opens a page in each look and waits until it is shown. It must have no serious finding of axe, and fit the window. */
export async function expectSoundLooks(
  console: ConsoleBrowser,
  address: string,
  shown: (page: Page) => Promise<void>,
  of: readonly Look[] = looks,
): Promise<void> {
  for (const look of of) {
    const page = await console.open(address, look)
    await shown(page)
    expect(await seriousFindings(page)).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.close()
  }
}

/** Returns by how many pixels a page is wider than the window. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
