import type { Model } from '../../catalog/model.ts'

/**
 * Returns the models as an RSS 2.0 feed, the newest first.
 * @param host The host of the address at which the feed was requested.
 */
export function modelsFeed(models: readonly Model[], host: string): string {
  const base = `http://${escape(host)}/api/v1`
  const items = models
    .toSorted((a, b) => b.created - a.created)
    .map(
      ({ slug, name, created, description = '' }) =>
        `<item><title>${escape(name)}</title><link>${base}/model/${escape(slug)}</link>` +
        `<guid isPermaLink="false">${escape(slug)}</guid>` +
        (created === 0 ? '' : `<pubDate>${new Date(created * 1000).toUTCString()}</pubDate>`) +
        `<description>${escape(description)}</description></item>`,
    )
  return (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Models</title>' +
    `<link>${base}/models</link><description>The models that are served here.</description>${items.join('')}</channel></rss>`
  )
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Removes the characters that XML does not allow. */
const escape = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}]/gu, ' ').replace(/[&<>"]/g, (character) => entities[character] ?? '')
