import type { Endpoint } from '../../catalog/endpoint.ts'
import type { FilePart, ImagePart, VideoPart } from '../../canonical/content-part.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import { toolsAt } from '../../canonical/native-tool-for.ts'
import { countOf, objectOf } from '../../util/json.ts'
import type { ChatProtocol } from '../protocol.ts'
import { hostedBetas } from '../vendors/anthropic-betas.ts'
import { claudeTraits } from '../vendors/claude-model.ts'
import { openReply } from './decode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import type { MessagesQuirks } from './quirks.ts'

/** The upstream side: one call to a server that speaks Anthropic's Messages. */
export const messagesUpstream: ChatProtocol<'messages'> = {
  name: 'messages',
  framing: 'sse',
  takesUrl,
  openCall(request, endpoint, quirks) {
    const { body, names, answerTool } = encodeRequest(request, endpoint, quirks)
    return {
      upstreamRequest: {
        method: 'POST',
        path: pathOf(endpoint, request.stream, quirks),
        headers: headersOf(request, endpoint, quirks),
        body,
        stream: request.stream,
      },
      reply: openReply(endpoint.providerName, names, answerTool),
    }
  },
  openCount(request, endpoint, quirks) {
    const { body } = encodeRequest(request, endpoint, quirks)
    const isVertex = quirks.host === 'vertex'
    const counted = Object.fromEntries(Object.entries(body).filter(([name]) => !onlyOfAnswers.has(name)))
    return {
      upstreamRequest: {
        method: 'POST',
        path: isVertex ? '/publishers/anthropic/models/count-tokens:rawPredict' : '/messages/count_tokens',
        headers: headersOf(request, endpoint, quirks),
        body: isVertex ? { ...counted, model: endpoint.upstreamModel } : counted,
        stream: false,
      },
      decodeCount: (reply) => countOf(objectOf(reply)?.['input_tokens']) ?? null,
    }
  },
}

/** What concerns the answer alone, and is refused where only the prompt is counted. */
const onlyOfAnswers: ReadonlySet<string> = new Set([
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'stream',
  'metadata',
  'service_tier',
])

/** On Vertex the version stands in the body. */
function headersOf(
  { input, context, parameters }: ChatRequest,
  endpoint: Endpoint,
  quirks: MessagesQuirks,
): Readonly<Record<string, string>> {
  if (quirks.host === 'vertex') {
    const traits = claudeTraits(endpoint.upstreamModel) ?? claudeTraits(endpoint.model)
    const searches = toolsAt(parameters, endpoint).native.some(({ tool }) => tool.name === 'web_search')
    return betaHeader(hostedBetas(context, traits, searches))
  }
  const namesFiles = input.messages.some(({ content }) =>
    content.some((part) => part.type === 'file' && part.data === undefined),
  )
  const betas = [...(context.anthropicBetas ?? []), ...(namesFiles ? ['files-api-2025-04-14'] : [])]
  return { 'anthropic-version': '2023-06-01', ...betaHeader(betas) }
}

const betaHeader = (betas: readonly string[]): Readonly<Record<string, string>> =>
  betas.length === 0 ? {} : { 'anthropic-beta': betas.join(',') }

function pathOf({ upstreamModel }: Endpoint, stream: boolean, quirks: MessagesQuirks): string {
  if (quirks.host !== 'vertex') return '/messages'
  return `/publishers/anthropic/models/${upstreamModel}:${stream ? 'streamRawPredict' : 'rawPredict'}`
}

/** Anthropic fetches images and PDF files, by https; Vertex fetches nothing. */
function takesUrl(part: ImagePart | FilePart | VideoPart, quirks: MessagesQuirks): boolean {
  if (quirks.host === 'vertex' || quirks.fetchesUrls === false || part.type === 'video') return false
  const address = part.type === 'image' ? part.url : part.data
  if (address === undefined || !URL.canParse(address)) return false
  const { protocol, pathname } = new URL(address)
  return protocol === 'https:' && (part.type === 'image' || pathname.toLowerCase().endsWith('.pdf'))
}
