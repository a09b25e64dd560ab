import { useState } from 'react'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Segments } from '../../parts/segments.tsx'

type Language = 'curl' | 'typescript' | 'python'

const languages: readonly { readonly value: Language; readonly label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'typescript', label: 'TypeScript' },
  { value: 'python', label: 'Python' },
]

/** The code that sends what the playground sent. The key stands in the environment. */
export function Code({ body }: { readonly body: Readonly<Record<string, unknown>> }) {
  const [language, setLanguage] = useState<Language>('curl')
  const baseUrl = new URL('./api/v1', document.baseURI).href
  return (
    <div className="space-y-2">
      <Segments label="Language" value={language} onChange={setLanguage} options={languages} />
      <CodeBlock label="Code" text={print[language](baseUrl, body)} isTall />
    </div>
  )
}

type Body = Readonly<Record<string, unknown>>

/** Cuts the contents of files out, which would be longer than all the rest. */
const json = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, text: unknown) => (typeof text === 'string' && text.length > 2000 ? `${text.slice(0, 60)}…` : text),
    2,
  )

const print: Readonly<Record<Language, (baseUrl: string, body: Body) => string>> = {
  curl: (baseUrl, body) => `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer $WAYGATE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${json(body).replaceAll(`'`, `'\\''`)}'`,
  typescript: (baseUrl, body) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${baseUrl}', apiKey: process.env.WAYGATE_API_KEY })

const stream = await client.chat.completions.create(${json(body)})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')`,
  python: (baseUrl, body) => `import json, os
from openai import OpenAI

client = OpenAI(base_url="${baseUrl}", api_key=os.environ["WAYGATE_API_KEY"])
body = json.loads(r"""${json(standard(body))}""")

stream = client.chat.completions.create(**body${extra(body)})
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")`,
}

/** The fields that OpenAI's client takes by name. It takes the others in `extra_body`. */
const known = new Set([
  'model',
  'messages',
  'temperature',
  'top_p',
  'max_tokens',
  'tools',
  'tool_choice',
  'stream',
  'seed',
  'stop',
  'response_format',
])

const standard = (body: Body): Body => Object.fromEntries(Object.entries(body).filter(([key]) => known.has(key)))

function extra(body: Body): string {
  const others = Object.fromEntries(Object.entries(body).filter(([key]) => !known.has(key)))
  return Object.keys(others).length === 0 ? '' : `, extra_body=json.loads(r"""${json(others)}""")`
}
