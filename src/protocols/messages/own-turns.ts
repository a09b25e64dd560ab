import { arrayOf, isObject, type JsonObject, stringOf } from '../../util/json.ts'
import { isSealed } from '../gateway-fields/sealed-thought.ts'
import { isRun } from './run-blocks.ts'

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly JsonObject[]
  /** The turn as the client wrote it in this language. Absent where anything of it was written here. */
  readonly came?: JsonObject
}

/** Returns the blocks of instructions or of a turn. A text alone stands for one block. */
export const systemBlocks = (content: unknown): readonly JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : arrayOf(content).filter(isObject)

/**
 * Returns a turn that the client wrote in this protocol, for an upstream that uses it too. Blocks that only this gateway knows are left
 * out: the reasoning of other vendors and the runs of the gateway's own tools. Instructions between the turns stay where they are.
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
