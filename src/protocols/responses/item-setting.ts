import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ReplyIdentity } from '../protocol.ts'
import type { ItemSetting } from './answer-items.ts'
import { suffixOf } from './response-object.ts'
import { shortNames } from './tool-group.ts'

/** Returns the settings for the items of an answer that follow from its request. */
export const itemSetting = (
  identity: ReplyIdentity,
  { parameters }: GenerationRequest,
  write: (event: JsonObject) => void,
): ItemSetting => ({
  suffix: suffixOf(identity),
  customTools: new Set(
    parameters.tools?.flatMap((tool) => (tool.type === 'function' && tool.custom !== undefined ? [tool.name] : [])),
  ),
  shortNames: shortNames(parameters.tools),
  excludesReasoning: parameters.reasoning?.exclude === true,
  write,
})
