import type { OperationObject, ResponseObject } from '../openapi/openapi-document.ts'
import { fieldsOf, fieldTable } from './fields.ts'
import { type Markup, markup } from './markup.ts'
import { origin } from './page.ts'
import { errorParagraphs, paragraphs, sentence } from './prose.ts'
import type { Resolve } from './schema-text.ts'

export interface DescribedOperation {
  readonly method: string
  readonly address: string
  readonly operation: OperationObject
}

export function operationSection(described: DescribedOperation, resolve: Resolve): Markup {
  const { method, address, operation } = described
  return markup`<section class="entry" id="${operation.operationId}">
<h3>${operation.summary}</h3>
<p class="address"><span class="method ${method.toLowerCase()}">${method}</span><code>${address}</code>
<span class="soft">${keyWords[keyOf(operation)]}</span></p>
${paragraphs(operation.description)}
<pre><code>${curl(described)}</code></pre>
${parametersOf(operation, resolve)}
${bodyOf(operation, resolve)}
${repliesOf(operation, resolve)}
${errorsOf(operation)}
</section>
`
}

const keyWords = { none: 'no key needed', optional: 'a key is optional', required: 'needs a key' } as const

/** An empty requirement beside others makes them optional. Source: OpenAPI 3.1, `security`. */
function keyOf({ security }: OperationObject): keyof typeof keyWords {
  if (security === undefined) return 'required'
  return security.length === 0 ? 'none' : 'optional'
}

/** curl sends a request with a body as a POST, and any other as a GET: these methods are left out. */
function curl({ method, address, operation }: DescribedOperation): string {
  const parameters = operation.parameters ?? []
  const path = parameters.reduce((text, { name, example }) => text.replace(`{${name}}`, example ?? ''), address)
  const query = parameters.filter(({ required, in: place }) => required && place === 'query')
  const search = query.map(({ name, example = '' }) => `${name}=${example}`).join('&')
  const body = operation.requestBody?.content['application/json']?.example
  return [
    `curl "${origin}${path}${search === '' ? '' : `?${search}`}"`,
    ...(method === (body === undefined ? 'GET' : 'POST') ? [] : [`-X ${method}`]),
    ...(keyOf(operation) === 'required' ? ['-H "Authorization: Bearer $WAYGATE_API_KEY"'] : []),
    ...(body === undefined ? [] : ['-H "Content-Type: application/json"', `-d '${JSON.stringify(body)}'`]),
  ].join(' \\\n  ')
}

const places = { path: 'Path', query: 'Query', header: 'Headers' } as const

function parametersOf({ parameters = [] }: OperationObject, resolve: Resolve): readonly Markup[] {
  return (['path', 'query', 'header'] as const).flatMap((place) => {
    const here = parameters.filter((parameter) => parameter.in === place)
    return here.length === 0 ? [] : [markup`<h4>${places[place]}</h4>${fieldTable(here, { resolve, of: 'request' })}`]
  })
}

function bodyOf({ requestBody }: OperationObject, resolve: Resolve): Markup | undefined {
  const schema = requestBody?.content['application/json']?.schema
  return schema && markup`<h4>Body</h4>${fieldsOf(resolve(schema), { resolve, of: 'request' })}`
}

/** The content of a reply, by media type. */
const contents: Readonly<Record<string, string>> = {
  'application/json': 'JSON',
  'text/event-stream': 'Each event of a stream',
}

function repliesOf({ responses }: OperationObject, resolve: Resolve): readonly Markup[] {
  const replies = Object.entries(responses).filter(([, reply]) => !isError(reply))
  return replies.map(
    ([status, { description, content }]) => markup`<h4>Reply ${status}</h4>
<p>${sentence(description)}</p>
${Object.entries(content).map(
  ([type, { schema }]) => markup`<details><summary>${contents[type] ?? type}: <code>${type}</code></summary>
${fieldsOf(resolve(schema), { resolve, of: 'reply' })}</details>`,
)}`,
  )
}

function errorsOf({ responses }: OperationObject): Markup | undefined {
  const errors = Object.entries(responses).filter(([, reply]) => isError(reply))
  if (errors.length === 0) return undefined
  return markup`<h4>Errors</h4>
<table class="errors"><tbody>${errors.map(
    ([status, { description }]) => markup`<tr><td>${status}</td><td>${errorParagraphs(description)}</td></tr>`,
  )}</tbody></table>`
}

const isError = ({ content }: ResponseObject): boolean =>
  content['application/json']?.schema.$ref?.endsWith('ErrorResponse') === true
