import type { ContentPart } from '../../canonical/content-part.ts'
import { GatewayError } from '../../canonical/errors.ts'

/**
 * Throws the error for a part that a provider cannot take; another endpoint may take it.
 * @param path Where the part is in the request, e.g. `messages[0].content[1]`.
 */
export function refusePart(path: string, part: ContentPart, providerName: string, reason?: string): never {
  const kind = part.type === 'vendor' ? String(part.item.value['type']) : part.type
  const message = `${providerName} takes no ${kind} here${reason === undefined ? '' : `: ${reason}`}.`
  throw new GatewayError('invalid_request', message, { providerName, issues: [{ path, message }] })
}
