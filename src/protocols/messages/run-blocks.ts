import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { arrayOf, isObject, type JsonObject, objectOf, parseJson, stringOf } from '../../util/json.ts'
import { toolInput } from '../vendors/tool-input.ts'

/** A call of a server tool that the gateway ran, as far as it is shown. */
interface Run {
  readonly id: string
  /** The registered type, e.g. `openrouter:web_search`. */
  readonly tool: string
  readonly arguments: string
}

const family = 'openrouter:'
/** By these ids the blocks are told from those of Anthropic's own tools. */
const idPrefix = 'srvtoolu_waygate_'

const blockId = (id: string): string => idPrefix + Buffer.from(id).toString('base64url')
const shortName = (tool: string): string => tool.replace(family, '')

/** Writes the call of a server tool as Anthropic writes those of its own. */
export const runBlock = ({ id, tool, arguments: given }: Run): JsonObject => ({
  type: 'server_tool_use',
  id: blockId(id),
  name: shortName(tool),
  input: toolInput(given),
  caller: { type: 'direct' },
})

/** Writes its result. A search and a page have Anthropic's form; the result of any other tool stands there as it is. */
export function runResultBlock(tool: string, id: string, result: string): JsonObject {
  const name = shortName(tool)
  const said = objectOf(parseJson(result)) ?? { result }
  const form = forms[name]
  return {
    type: `${name}_tool_result`,
    tool_use_id: blockId(id),
    content: said['status'] !== 'completed' || form === undefined ? failedOr(name, said) : form.encode(said),
  }
}

const failedOr = (name: string, said: JsonObject): JsonObject =>
  name in forms && said['status'] !== 'completed'
    ? { type: `${name}_tool_result_error`, error_code: 'unavailable', message: stringOf(said['error']) ?? '' }
    : said

/** How the result of one tool is written, and read back. */
interface ResultForm {
  readonly encode: (result: JsonObject) => unknown
  readonly decode: (content: unknown) => JsonObject
}

const sealed = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const opened = (text: unknown): unknown => parseJson(Buffer.from(stringOf(text) ?? '', 'base64url').toString())

const forms: Readonly<Record<string, ResultForm>> = {
  web_search: {
    encode: ({ results, ...about }) =>
      arrayOf(results)
        .filter(isObject)
        .map((found, index) => ({
          type: 'web_search_result',
          url: found['url'],
          title: found['title'],
          encrypted_content: sealed(index === 0 ? { ...about, ...found } : found),
          page_age: found['published_at'] ?? null,
        })),
    decode(content) {
      const entries = arrayOf(content).map((entry) => objectOf(opened(objectOf(entry)?.['encrypted_content'])) ?? {})
      return { status: 'completed', results: entries }
    },
  },
  web_fetch: {
    encode: ({ url, title, content, retrieved_at }) => ({
      type: 'web_fetch_result',
      url,
      retrieved_at,
      content: {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: content },
        title: title ?? null,
        citations: null,
      },
    }),
    decode(content) {
      const page = objectOf(content)
      const document = objectOf(page?.['content'])
      return {
        url: page?.['url'],
        title: document?.['title'],
        content: objectOf(document?.['source'])?.['data'],
        status: 'completed',
        retrieved_at: page?.['retrieved_at'],
      }
    },
  },
}

/** Tells whether a block shows a run of the gateway's own tools, which no upstream knows. */
export const isRun = (block: JsonObject): boolean =>
  (stringOf(block['id']) ?? stringOf(block['tool_use_id']) ?? '').startsWith(idPrefix)

/**
 * Reads the runs in an earlier answer back, each where its call stood. A run that stands behind calls of the client's own tools was made
 * beside them; a run after other blocks begins another turn.
 */
export class RunReader {
  readonly #results = new Map<string, string>()
  #turn = 0
  #isAfterRun = false
  #beside: string | null = null

  constructor(blocks: readonly JsonObject[]) {
    for (const block of blocks) {
      const id = stringOf(block['tool_use_id'])
      if (id !== undefined && isRun(block)) this.#results.set(id, resultText(block))
    }
  }

  /** Returns the run that a block shows, if it does, and notes what stands before the next. */
  read(block: JsonObject): ReasoningDetail | null {
    const id = stringOf(block['id']) ?? ''
    if (block['type'] !== 'server_tool_use' || !isRun(block)) {
      if (block['type'] === 'tool_use') this.#beside = id
      if (!isRun(block) && this.#isAfterRun) {
        this.#turn++
        this.#isAfterRun = false
      }
      return null
    }
    this.#isAfterRun = true
    const result = this.#results.get(id)
    if (result === undefined) return null
    return {
      type: 'server-tool-call',
      id: this.#beside,
      index: this.#turn,
      toolName: family + stringOf(block['name']),
      arguments: JSON.stringify(block['input'] ?? {}),
      result,
      toolCallId: Buffer.from(id.slice(idPrefix.length), 'base64url').toString(),
    }
  }
}

function resultText({ type, content }: JsonObject): string {
  const form = forms[String(type).replace(/_tool_result$/, '')]
  const failure = objectOf(content)
  const isFailed = String(failure?.['type']).endsWith('_tool_result_error')
  if (isFailed) return JSON.stringify({ status: 'failed', error: failure?.['message'] ?? failure?.['error_code'] })
  return JSON.stringify(form === undefined ? content : form.decode(content))
}
