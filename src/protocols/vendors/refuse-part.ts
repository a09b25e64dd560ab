import type { ContentPart } from '../../canonical/content-part.ts'
import { GatewayError } from '../../canonical/errors.ts'

/**
 * For what a provider cannot take: another endpoint may.
 * @param path Where the part stands, e.g. `messages[0].content[1]`.
 */
export function refusePart(path: string, part: ContentPart, providerName: string, reason?: string): never {
  const message = `${providerName} takes no ${part.type} here${reason === undefined ? '' : `: ${reason}`}.`
  throw new GatewayError('invalid_request', message, { providerName, issues: [{ path, message }] })
}
