import { markup } from './markup.ts'
import { origin, page } from './page.ts'

/**
 * What somebody sees who opens the gateway's address: what it is, and how to ask.
 *
 * @param model Its slug stands in the example; null where there is none.
 */
export function startPage(model: string | null): string {
  return page(
    'Waygate is running',
    [],
    markup`<p>Waygate is a self-hosted LLM gateway that speaks OpenRouter’s API. This one is asked at</p>
<pre><code>${origin}/api/v1</code></pre>
<p>That is the base URL for the SDKs of OpenRouter and OpenAI. The key of a request is one that this gateway made, not one of a provider: the first
start prints one, and <code>waygate keys create --name NAME</code> makes another.</p>
<h2>Ask</h2>
<pre><code>${example(model ?? 'acme/m1')}</code></pre>
${model === null && markup`<p>No model is offered yet: set the key of a provider, or name your own models. <code>waygate check</code> says what is missing.</p>`}
<h2>More</h2>
<ul>
<li><a href="/docs">The API reference</a>: every operation, field and reply</li>
<li><a href="/docs/errors">The errors</a>: what they mean, and when to try again</li>
<li><a href="/api/v1/models">The models</a> that are offered now</li>
</ul>
`,
  )
}

const example = (model: string): string =>
  [
    'export WAYGATE_API_KEY=sk-or-v1-…',
    '',
    `curl ${origin}/api/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $WAYGATE_API_KEY" -H "Content-Type: application/json" \\',
    `  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] })}'`,
  ].join('\n')
