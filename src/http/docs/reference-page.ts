import type { OpenApiDocument } from '../openapi/openapi-document.ts'
import type { SchemaObject } from '../openapi/schema-object.ts'
import { type Markup, markup } from './markup.ts'
import { type DescribedOperation, operationSection } from './operation-section.ts'
import { page } from './page.ts'
import { paragraphs } from './prose.ts'
import type { Resolve } from './schema-text.ts'

/** Renders the API reference as one page, from the OpenAPI document. */
export function referencePage(document: OpenApiDocument): string {
  const base = document.servers[0]?.url ?? ''
  const resolve = resolver(document)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): DescribedOperation => ({
      method: method.toUpperCase(),
      address: operation.servers === undefined ? base + path : path,
      operation,
    })),
  )
  const groups = document.tags.map((group) => ({
    ...group,
    operations: operations.filter(({ operation }) => operation.tags.includes(group.name)),
  }))
  const navigation = groups.map(({ name, operations }) => ({
    heading: name,
    links: operations.map(({ operation }) => ({ address: `#${operation.operationId}`, text: operation.summary })),
  }))
  return page(
    'API reference',
    navigation,
    markup`${paragraphs(document.info.description)}
${beginning}
${groups.map(
  ({ name, description, operations }) => markup`<h2>${name}</h2>
${paragraphs(description)}
${operations.map((operation) => operationSection(operation, resolve))}`,
)}`,
  )
}

const beginning: Markup = markup`<p>The examples need a key:</p>
<pre><code>export WAYGATE_API_KEY=sk-or-v1-…</code></pre>`

function resolver(document: OpenApiDocument): Resolve {
  const prefix = '#/components/schemas/'
  return (schema: SchemaObject) =>
    schema.$ref === undefined ? schema : (document.components.schemas[schema.$ref.slice(prefix.length)] ?? {})
}
