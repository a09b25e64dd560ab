import { arrayOf, isObject, type JsonObject, stringOf } from '../../util/json.ts'
import { isSealed } from '../gateway-fields/sealed-thought.ts'
import { isRun } from './run-blocks.ts'

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly JsonObject[]
  /** The turn as the client wrote it in this language. Absent where anything of it was written here. */
  readonly came?: JsonObject
}

/** The blocks of instructions or of a turn, of which a text alone stands for one. */
export const systemBlocks = (content: unknown): readonly JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : arrayOf(content).filter(isObject)

/**
 * A turn that the client wrote in this language, for an upstream that reads it: but for what only this gateway knows, the thoughts of other
 * vendors and the runs of its own tools. Instructions between the turns stay where they are.
 */
export function ownTurn(turn: JsonObject): readonly Turn[] {
  const role = turn['role'] === 'assistant' ? 'assistant' : 'user'
  const blocks = systemBlocks(turn['content'])
  const content = blocks.filter((block) => !isForeign(block))
  if (content.length === blocks.length) return [{ role, content, came: turn }]
  return content.length === 0 ? [] : [{ role, content, came: { ...turn, content } }]
}

const isForeign = (block: JsonObject): boolean =>
  isRun(block) ||
  isSealed(stringOf(block['signature']) ?? '') ||
  (block['type'] === 'redacted_thinking' && isSealed(stringOf(block['data']) ?? ''))
