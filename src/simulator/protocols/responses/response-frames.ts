import type { Answer, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { namedEvents } from '../named-events.ts'
import type { Frame } from '../protocol.ts'
import { type OutputItem, outputItems, textLogprobs, urlCitation, textOf } from './output-items.ts'
import type { ResponsesRequest } from './parse-responses-request.ts'
import { begunResponse, type ResponseIdentity, responseObject } from './response-object.ts'

const { frame } = namedEvents('')

/**
 * Returns the numbered events of a streamed response. Each item has an event that opens it, its deltas, and an event with the final form.
 */
export function responseFrames(
  request: ResponsesRequest,
  identity: ResponseIdentity,
  answer: Answer,
  settings: ReplySettings,
): readonly Frame[] {
  let sequence = 0
  const event = (kind: Frame['kind'], type: string, fields: object): Frame => ({
    kind,
    text: frame(JSON.stringify({ type, sequence_number: sequence++, ...fields })),
  })
  const begun = { response: begunResponse(identity) }
  const frames = [event('opening', 'response.created', begun), event('opening', 'response.in_progress', begun)]
  const items = outputItems(request, answer, settings)
  for (const [index, output] of items.entries()) {
    for (const [kind, type, fields] of itemEvents(request, index, output)) frames.push(event(kind, type, fields))
  }
  const response = responseObject(request, identity, items, answer, settings)
  const isComplete = 'status' in response && response.status !== 'incomplete'
  frames.push(event('finish', isComplete ? 'response.completed' : 'response.incomplete', { response }))
  return frames
}

type ItemEvent = readonly [kind: Frame['kind'], type: string, fields: object]

function itemEvents(request: ResponsesRequest, index: number, { item, pieces }: OutputItem): readonly ItemEvent[] {
  const place = { output_index: index, item_id: item.id }
  const bracket = (inner: readonly ItemEvent[], begun: object): readonly ItemEvent[] => [
    ['opening', 'response.output_item.added', { output_index: index, item: { ...item, ...begun } }],
    ...inner,
    ['opening', 'response.output_item.done', { output_index: index, item }],
  ]
  switch (item.type) {
    case 'reasoning':
      // The encrypted content at the beginning is not yet complete.
      return bracket(thoughtEvents(place, pieces), { summary: [], encrypted_content: 'sealed-unfinished' })
    case 'message':
      return bracket(contentEvents(request, place, pieces), { status: 'in_progress', content: [] })
    case 'function_call':
      return bracket(argumentEvents(place, pieces, item['arguments']), { status: 'in_progress', arguments: '' })
    case 'custom_tool_call':
      return bracket(inputEvents(place, String(item['input'])), { status: 'in_progress', input: '' })
    case 'web_search_call':
      return bracket(
        [
          ['opening', 'response.web_search_call.in_progress', place],
          ['opening', 'response.web_search_call.searching', place],
          ['opening', 'response.web_search_call.completed', place],
        ],
        { status: 'in_progress' },
      )
    default:
      return bracket([['content', 'response.image_generation_call.completed', place]], {
        status: 'in_progress',
        result: null,
      })
  }
}

function thoughtEvents(place: object, pieces: readonly Piece[]): readonly ItemEvent[] {
  const at = { ...place, summary_index: 0 }
  const deltas = pieces.map((piece): ItemEvent => [
    'content',
    'response.reasoning_summary_text.delta',
    { ...at, delta: piece.type === 'reasoning' ? piece.text : '' },
  ])
  const part = { type: 'summary_text', text: '' }
  return [['opening', 'response.reasoning_summary_part.added', { ...at, part }], ...deltas]
}

function contentEvents(request: ResponsesRequest, place: object, pieces: readonly Piece[]): readonly ItemEvent[] {
  const at = { ...place, content_index: 0 }
  let annotations = 0
  const deltas = pieces.map((piece): ItemEvent => {
    if (piece.type === 'refusal') return ['content', 'response.refusal.delta', { ...at, delta: piece.text }]
    if (piece.type === 'citation') {
      const annotation = urlCitation(piece)
      return [
        'content',
        'response.output_text.annotation.added',
        { ...at, annotation_index: annotations++, annotation },
      ]
    }
    const delta = textOf(piece)
    return ['content', 'response.output_text.delta', { ...at, delta, logprobs: textLogprobs(request, delta) }]
  })
  const refuses = pieces.some(({ type }) => type === 'refusal')
  const part = refuses ? { type: 'refusal', refusal: '' } : { type: 'output_text', text: '', annotations: [] }
  const text = pieces.map(textOf).join('')
  const done: readonly ItemEvent[] = refuses ? [] : [['opening', 'response.output_text.done', { ...at, text }]]
  return [['opening', 'response.content_part.added', { ...at, part }], ...deltas, ...done]
}

function argumentEvents(place: object, pieces: readonly Piece[], text: unknown): readonly ItemEvent[] {
  const deltas = pieces.map((piece): ItemEvent => [
    'content',
    'response.function_call_arguments.delta',
    { ...place, delta: piece.type === 'tool-arguments' ? piece.text : '' },
  ])
  return [...deltas, ['opening', 'response.function_call_arguments.done', { ...place, arguments: text }]]
}

/** The input of a tool that takes free text, in two pieces. */
function inputEvents(place: object, input: string): readonly ItemEvent[] {
  const half = Math.ceil(input.length / 2)
  const deltas = [input.slice(0, half), input.slice(half)].map((delta): ItemEvent => [
    'content',
    'response.custom_tool_call_input.delta',
    { ...place, delta },
  ])
  return [...deltas, ['opening', 'response.custom_tool_call_input.done', { ...place, input }]]
}
