import { hash } from 'node:crypto'
import type { JsonObject } from './json.ts'

/** A file of a form, as the journal shows it. */
export interface FormFile {
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly sha256: string
}

/**
 * Parses a form with files, by the parser of Node’s `fetch`. A field that occurs several times, or whose name ends in `[]`, is a list; its
 * name is without the `[]`. Returns undefined where the body is no form.
 */
export async function parseForm(bytes: Buffer, contentType: string | undefined): Promise<JsonObject | undefined> {
  if (contentType?.startsWith('multipart/form-data') !== true) return undefined
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => null)
  if (form === null) return undefined
  const fields: Record<string, unknown> = {}
  for (const name of new Set(form.keys())) {
    const values = await Promise.all(form.getAll(name).map(described))
    const isList = values.length > 1 || name.endsWith('[]')
    fields[name.replace(/\[\]$/, '')] = isList ? values : values[0]
  }
  return fields
}

async function described(value: string | File): Promise<string | FormFile> {
  if (typeof value === 'string') return value
  const bytes = new Uint8Array(await value.arrayBuffer())
  return { name: value.name, type: value.type, bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') }
}
