import { createHash } from 'node:crypto'
import { Markup, markup } from './markup.ts'
import { style } from './style.ts'

/** What the left side of a page links to. */
export interface Navigation {
  readonly heading: string
  readonly links: readonly { readonly address: string; readonly text: string }[]
}

const sheet = createHash('sha256').update(style).digest('base64')

/** Nothing is loaded and nothing runs: the one style sheet is in the page, known by its digest. */
export const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${sheet}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Stands in a page for the address that it will be asked at. */
export const origin = 'http://waygate.invalid'

const pages = [
  { address: '/', text: 'Start' },
  { address: '/docs', text: 'API reference' },
  { address: '/docs/errors', text: 'Errors' },
  { address: '/api/v1/openapi.json', text: 'OpenAPI document' },
]

/** A whole page. The empty icon keeps browsers from asking for one. */
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
