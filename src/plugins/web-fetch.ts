import { type Static, Type } from 'typebox'
import { addressesOf } from '../canonical/addresses-of.ts'
import { CitationFinder, withCitations } from '../canonical/cite-sources.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import { fenced } from '../canonical/fenced.ts'
import type { TextRequest } from '../canonical/generation-request.ts'
import { beforeLastQuestion } from '../canonical/last-question.ts'
import { dataNotice, readHere, reasonOf } from '../canonical/search-web.ts'
import { domains, Domains } from '../canonical/settings/web-search.ts'
import { isWithin } from '../canonical/web-domains.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

const usualPages = 5
/** The most pages of one request, whatever `max_uses`. */
const mostPages = 50
const usualTokens = 10_000

const settings = {
  max_uses: nullish(Type.Integer({ minimum: 1, description: `Pages that are read; ${usualPages} when absent.` })),
  max_content_tokens: nullish(
    Type.Integer({ minimum: 1, description: `Tokens of each page; ${usualTokens} when absent.` }),
  ),
  allowed_domains: nullish(Domains),
  blocked_domains: nullish(Domains),
}
const Settings = Type.Object(settings)
type Settings = Static<typeof Settings>

interface Page {
  readonly url: string
  readonly title: string | null
  readonly text: string
}

/** Reads the pages that the user names, before the model is asked (contract §1.3). */
export default definePlugin({
  id: 'web-fetch',
  order: 40,
  title: 'WebFetchPlugin',
  description: 'Reads the pages that the conversation names.',
  settings,
  start(settings) {
    const citations = new CitationFinder()
    return {
      async onRequest(request, context) {
        const isWanted = isWithin({
          allowedDomains: domains(settings.allowed_domains),
          excludedDomains: domains(settings.blocked_domains),
        })
        const addresses = wantedAddresses(request, settings, isWanted)
        if (addresses.length === 0) return request
        const pages = await Promise.all(addresses.map((url) => read(url, settings, isWanted, context)))
        context.generation.signal.throwIfAborted()
        const isRead = (page: Page | Failed): page is Page => !('error' in page)
        const texts = pages.map((page) => (isRead(page) ? page : { ...page, text: `Not read: ${page.error}` }))
        citations.addSources(pages.filter(isRead).map(({ url, title }) => ({ url, title: title ?? undefined })))
        const count = pages.filter(isRead).length
        context.generation.pipeline.push({
          type: 'plugin',
          name: 'web-fetch',
          summary: `${count} of ${pages.length} pages read`,
          data: {
            pages: pages.map((page) =>
              isRead(page)
                ? { url: page.url, status: 'completed' }
                : { url: page.url, status: 'failed', error: page.error },
            ),
          },
        })
        return beforeLastQuestion(request, `The pages that the user names:\n${dataNotice}\n\n${fenced('page', texts)}`)
      },
      onEvents: (events) => withCitations(events, citations),
    }
  },
})

type IsWanted = ReturnType<typeof isWithin>

interface Failed {
  readonly url: string
  readonly error: string
}

/** Returns the addresses in the messages of the user, those of the newest message first. */
function wantedAddresses({ input }: TextRequest, settings: Settings, isWanted: IsWanted): readonly string[] {
  const texts =
    input.type === 'prompts'
      ? input.prompts.filter((prompt) => typeof prompt === 'string')
      : input.messages
          .filter(({ role }) => role === 'user')
          .toReversed()
          .map(({ content }) => content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'))
  const most = Math.min(settings.max_uses ?? usualPages, mostPages)
  const found = new Set<string>()
  for (const text of texts) {
    for (const url of addressesOf(text, mostPages)) if (found.size < most && isWanted(url)) found.add(url)
    if (found.size === most) break
  }
  return [...found]
}

async function read(
  url: string,
  settings: Settings,
  isWanted: IsWanted,
  context: FeatureContext,
): Promise<Page | Failed> {
  try {
    const maxTokens = settings.max_content_tokens ?? usualTokens
    const page = await readHere(context, 'web-fetch', url, maxTokens, context.generation.signal)
    // A page may lead elsewhere.
    return isWanted(page.url) ? page : { url, error: 'The page leads to an address that may not be read.' }
  } catch (error) {
    return { url, error: reasonOf(error) }
  }
}
