import { markup } from './markup.ts'
import { origin, page } from './page.ts'

interface StartPage {
  /** The slug of the model in the example; null where there is none. */
  readonly model: string | null
  /** Whether the reader would get the console, if it were built. */
  readonly lacksConsole: boolean
}

/** Renders the page at the gateway's address, which explains what the gateway is and how to send a request. */
export function startPage({ model, lacksConsole }: StartPage): string {
  return page(
    'Waygate is running',
    [],
    markup`<p>Waygate is a self-hosted LLM gateway that speaks OpenRouter’s API. The base URL of this one is</p>
<pre><code>${origin}/api/v1</code></pre>
<p>Use it with the SDKs of OpenRouter and OpenAI. Send a key that this gateway created, not one of a provider: the first
start prints one, and <code>waygate keys create --name NAME</code> creates another. In a clone, write <code>npm run waygate --</code> for
<code>waygate</code>.</p>
<h2>Send a request</h2>
<pre><code>${example(model ?? 'acme/m1')}</code></pre>
${model === null && markup`<p>No model is offered yet: set the key of a provider, or name your own models. <code>waygate check</code> says what is missing.</p>`}
${lacksConsole && markup`<p>The console is not built, so this page stands in its place. In the clone, <code>npm run prepare</code> builds it.</p>`}
<h2>More</h2>
<ul>
<li><a href="/docs">The API reference</a>: every operation, field and reply</li>
<li><a href="/docs/errors">The errors</a>: what they mean, and when to try again</li>
<li><a href="/api/v1/models?output_modalities=all">The models</a> that are offered now</li>
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
