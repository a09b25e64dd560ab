/**
 * One style sheet for every page. It has no external font or image, supports light and dark mode, and shows tables as lists on narrow
 * screens.
 */
export const style = `
:root { color-scheme: light dark; --text: #1d2329; --soft: #5a6570; --line: #dde2e7; --back: #fff; --tint: #f5f7f9; --accent: #0b62c4; --post: #16794a; --warn: #a13d2d }
@media (prefers-color-scheme: dark) {
  :root { --text: #dfe5ea; --soft: #98a4af; --line: #323a43; --back: #14181c; --tint: #1c2228; --accent: #6cb0ff; --post: #5fcb94; --warn: #f0917f }
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.55 system-ui, sans-serif }
a { color: var(--accent); text-decoration: none }
a:hover { text-decoration: underline }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
code { overflow-wrap: anywhere }
pre { margin: .5rem 0 1.25rem; padding: .8rem 1rem; overflow-x: auto; background: var(--tint); border: 1px solid var(--line); border-radius: 6px }
h1 { margin: 0 0 1rem; font-size: 1.8rem; line-height: 1.2 }
h2 { margin: 3rem 0 .5rem; font-size: 1.35rem }
h3 { margin: 0 0 .25rem; font-size: 1.15rem }
h4 { margin: 1.5rem 0 .4rem; font-size: 1rem }
p { margin: 0 0 .6rem }
.page { display: grid; grid-template-columns: 15rem minmax(0, 52rem); gap: 3rem; max-width: 74rem; margin: 0 auto; padding: 1.5rem 1.25rem 6rem }
nav { font-size: .9rem }
nav > div { position: sticky; top: 1.5rem; max-height: calc(100vh - 3rem); overflow-y: auto }
nav strong { display: block; margin: 1rem 0 .2rem; color: var(--soft); font-weight: 600 }
nav .name { margin: 0; color: var(--text); font-size: 1.05rem }
nav ul { margin: 0; padding: 0; list-style: none }
nav li a { display: block; padding: .2rem 0 }
section.entry { padding-top: 1.75rem; margin-top: 1.75rem; border-top: 1px solid var(--line) }
.address { display: flex; flex-wrap: wrap; gap: .6rem; align-items: baseline; margin: 0 0 .6rem }
.method { color: var(--accent); font-weight: 700 }
.post { color: var(--post) }
.soft { color: var(--soft) }
.mark { margin-left: .4rem; color: var(--soft); font-size: .8rem }
.warn { color: var(--warn) }
table { width: 100%; border-collapse: collapse; font-size: .925rem }
th { text-align: left; color: var(--soft); font-weight: 600 }
th, td { padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); vertical-align: top }
thead th { border-top: 0 }
details details thead { display: none }
td:last-child, th:last-child { padding-right: 0 }
td p { margin: 0 }
.fields td:first-child { width: 30% }
.fields td:nth-child(2) { width: 22%; color: var(--soft) }
.errors td:first-child { width: 4rem }
td.more { width: auto; border-top: 0; padding-top: 0; color: inherit }
.fields td.more:first-child { width: auto }
details details { margin-left: .9rem }
details > table, details > p { margin-left: .9rem; width: calc(100% - .9rem) }
summary { padding: .15rem 0; color: var(--accent); cursor: pointer; overflow-wrap: anywhere }
details[open] > summary { margin-bottom: .2rem }
:target { background: var(--tint); box-shadow: 0 0 0 .75rem var(--tint) }
@media (max-width: 52rem) {
  .page { display: block; padding-top: 1rem }
  nav { margin-bottom: 2rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line) }
  nav > div { position: static; max-height: none }
  nav li { display: inline-block; margin-right: 1rem }
  thead { display: none }
  tr, td { display: block; width: auto !important }
  td { border-top: 0; padding: 0 }
  tr { padding: .5rem 0; border-top: 1px solid var(--line) }
  tr.nested { padding-top: 0; border-top: 0 }
}
`
