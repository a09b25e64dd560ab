import { createHash } from 'node:crypto'
import { Markup, markup } from './markup.ts'
import { style } from './style.ts'

/** The links at the left side of a page. */
export interface Navigation {
  readonly heading: string
  readonly links: readonly { readonly address: string; readonly text: string }[]
}

const sheet = createHash('sha256').update(style).digest('base64')

/** The policy allows nothing to be loaded or run. The one style sheet is in the page, and is allowed by its digest. */
export const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${sheet}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** A placeholder in a page, which is replaced by the address that the client requested. */
export const origin = 'http://waygate.invalid'

const pages = [
  { address: '/', text: 'Start' },
  { address: '/docs', text: 'API reference' },
  { address: '/docs/errors', text: 'Errors' },
  { address: '/api/v1/openapi.json', text: 'OpenAPI document' },
]

/** Renders a whole page. The empty icon keeps browsers from requesting one. */
export function page(title: string, navigation: readonly Navigation[], body: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Waygate</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<div class="page">
<nav aria-label="Contents"><div>
<strong class="name">Waygate</strong>
${list(pages)}
${navigation.map(({ heading, links }) => markup`<strong>${heading}</strong>${list(links)}`)}
</div></nav>
<main>
<h1>${title}</h1>
${body}
</main>
</div>
</body>
</html>
`.text
}

const list = (links: Navigation['links']): Markup =>
  markup`<ul>${links.map(({ address, text }) => markup`<li><a href="${address}">${text}</a></li>`)}</ul>`
