import { type CacheControl, type ContentPart, documentWords, type FilePart } from '../../canonical/content-part.ts'
import { refusePart } from '../vendors/refuse-part.ts'
import { protocolName } from './name.ts'
import type { ShortNames } from './tool-group.ts'
import type { InputPart, SentPart } from './wire.ts'

/** What the encoding of one call's content depends on. */
export interface ContentDialect {
  readonly providerName: string
  /** Whether the end of a prefix to be cached can be marked. */
  readonly cacheMarkers: boolean
  readonly developerRole: boolean
  readonly reasoningFormat: string
  /** The ids of the calls of tools that take free text. */
  readonly customCalls: ReadonlySet<string>
  /** The names of tools within their groups. */
  readonly shortNames: ShortNames
}

/**
 * Encodes the content of a message or of a tool's result. A single text without a cache mark becomes a string.
 * @param path Where the content is in the request, e.g. `messages[0].content`.
 */
export function encodeContent(
  content: readonly ContentPart[],
  path: string,
  dialect: ContentDialect,
): string | readonly SentPart[] {
  const [only] = content
  const isMarked = dialect.cacheMarkers && only?.type === 'text' && only.cacheControl !== undefined
  if (content.length === 1 && only?.type === 'text' && !isMarked) return only.text
  return content.map((part, index) => encodePart(part, `${path}[${index}]`, dialect))
}

function encodePart(part: ContentPart, path: string, dialect: ContentDialect): SentPart {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text, ...marker(part.cacheControl, dialect) }
    case 'image': {
      const { url, detail = 'auto' } = part
      return { type: 'input_image', image_url: url, detail, ...marker(part.cacheControl, dialect) }
    }
    case 'file':
      return { type: 'input_file', ...encodeFile(part), ...marker(part.cacheControl, dialect) }
    case 'document':
      return { type: 'input_text', text: documentWords(part), ...marker(part.cacheControl, dialect) }
    case 'vendor':
      return part.item.language === protocolName ? part.item.value : refusePart(path, part, dialect.providerName)
    case 'audio':
    case 'video':
      return refusePart(path, part, dialect.providerName)
  }
}

/** A file that comes with the request must have a name. */
function encodeFile({ filename = 'document.pdf', data, fileId }: FilePart) {
  if (data === undefined) return { file_id: fileId }
  return data.startsWith('data:') ? { filename, file_data: data } : { file_url: data }
}

/** The lifetime of a cache entry is not translated (contract §2.2). */
function marker(
  control: CacheControl | undefined,
  { cacheMarkers }: ContentDialect,
): Pick<InputPart, 'prompt_cache_breakpoint'> {
  if (control === undefined || !cacheMarkers) return {}
  const { breakpointTtl: ttl } = control
  return { prompt_cache_breakpoint: { mode: 'explicit', ...(ttl !== undefined && { ttl }) } }
}
