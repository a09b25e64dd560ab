import { RefusedOverride, type BehaviourChoice } from './behaviour-choice.ts'
import type { Journal } from './journal.ts'
import { isObject } from './json.ts'

export interface ControlReply {
  readonly status: number
  readonly body: object
}

/** The limit exists because the names are kept in memory. */
const longestName = 512

/** Handles the control routes, which read the journal and set behaviours. Returns null for any other path. */
export function control(
  method: string,
  path: string,
  body: unknown,
  behaviours: BehaviourChoice,
  journal: Journal,
): ControlReply | null {
  switch (`${method} ${path}`) {
    case 'GET /_journal':
      return { status: 200, body: journal.entries() }
    case 'DELETE /_journal':
      journal.clear()
      behaviours.resetCounts()
      return { status: 200, body: {} }
    case 'POST /_behaviour':
      return setBehaviour(body, behaviours)
    default:
      return null
  }
}

function setBehaviour(body: unknown, behaviours: BehaviourChoice): ControlReply {
  const { behaviour, model = null } = isObject(body) ? body : {}
  const isNamed = behaviour === null || typeof behaviour === 'string'
  if (!isNamed || (model !== null && typeof model !== 'string')) {
    return mistake('Send {"behaviour": "status-500"}, with null to clear, and "model" for one model alone.')
  }
  if (Math.max(behaviour?.length ?? 0, model?.length ?? 0) > longestName) {
    return mistake(`The names of behaviours and models have at most ${longestName} characters.`)
  }
  try {
    behaviours.override(model, behaviour)
  } catch (error) {
    if (error instanceof RefusedOverride) return mistake(error.message)
    throw error
  }
  return { status: 200, body: { model, behaviour } }
}

const mistake = (message: string): ControlReply => ({ status: 400, body: { error: { message } } })
