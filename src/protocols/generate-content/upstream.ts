import { hasStops } from '../../canonical/generation-request.ts'
import { onlyAllowedTools } from '../../canonical/only-allowed-tools.ts'
import type { ChatProtocol } from '../protocol.ts'
import { ToolNames } from '../vendors/tool-names.ts'
import { openReply } from './decode-reply.ts'
import { encodeForm } from './encode-format.ts'
import { takesUrl } from './encode-part.ts'
import { encodeRequest } from './encode-request.ts'
import { longestName, refusedInNames } from './encode-tools.ts'

/** Google's generateContent, as the Gemini API and Vertex AI speak it. */
export const generateContentUpstream: ChatProtocol<'generate-content'> = {
  name: 'generate-content',
  framing: 'sse',
  takesUrl,
  openCall(asked, endpoint, quirks) {
    const request = onlyAllowedTools(asked)
    const names = new ToolNames(refusedInNames, longestName)
    const form = encodeForm(request, endpoint)
    return {
      upstreamRequest: encodeRequest(request, form, names, endpoint, quirks),
      reply: openReply(endpoint, names, form.answerTool, hasStops(request.parameters)),
    }
  },
}
