import { randomUUID } from 'node:crypto'
import type { Answer, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { logprobOf, alternatives } from '../token-logprob.ts'
import type { ResponsesRequest } from './parse-responses-request.ts'
import { sealedThoughts } from './sealed-thoughts.ts'

type PieceOf<T extends Piece['type']> = Extract<Piece, { type: T }>

/** An output item in its final form, with the pieces that it consists of. */
export interface OutputItem {
  readonly item: Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string }
  readonly pieces: readonly Piece[]
}

/** Returns the output items of the answer: reasoning, searches, text, calls and images, each in an item of its own. */
export function outputItems(request: ResponsesRequest, answer: Answer, settings: ReplySettings): readonly OutputItem[] {
  const pieces = answer.choices[0]?.pieces ?? []
  const thoughts = pieces.filter((piece) => piece.type === 'reasoning')
  const words = pieces.filter((piece) => ['text', 'refusal', 'citation', 'audio'].includes(piece.type))
  const calls = pieces.filter((piece) => piece.type === 'tool-call')
  return [
    ...(settings.reasoning === null ? [] : [reasoningItem(request, thoughts)]),
    ...pieces.filter((piece) => piece.type === 'search').map((piece) => searchItem(request, piece)),
    ...(words.length === 0 ? [] : [messageItem(request, words)]),
    ...calls.map((call) => callItem(request, call, pieces)),
    ...pieces.filter((piece) => piece.type === 'image').map(imageItem),
  ]
}

const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`

function reasoningItem(request: ResponsesRequest, pieces: readonly Piece[]): OutputItem {
  const id = newId('rs')
  const text = pieces.map((piece) => (piece.type === 'reasoning' ? piece.text : '')).join('')
  const summary = text === '' ? [] : [{ type: 'summary_text', text }]
  const sealed = sealedThoughts(
    id,
    summary.map((part) => part.text),
  )
  return { item: { id, type: 'reasoning', summary, ...(request.encrypts && { encrypted_content: sealed }) }, pieces }
}

/** xAI writes its searches like calls of functions. */
function searchItem({ isXai }: ResponsesRequest, piece: PieceOf<'search'>): OutputItem {
  const id = newId('ws')
  const item = isXai
    ? { name: 'web_search', call_id: '', arguments: JSON.stringify({ query: piece.query }) }
    : { action: { type: 'search', query: piece.query, queries: [piece.query] } }
  return { item: { id, type: 'web_search_call', status: 'completed', ...item }, pieces: [piece] }
}

function messageItem(request: ResponsesRequest, pieces: readonly Piece[]): OutputItem {
  return {
    item: {
      id: newId('msg'),
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [content(request, pieces)],
    },
    pieces,
  }
}

function content(request: ResponsesRequest, pieces: readonly Piece[]): object {
  const refusal = pieces.map((piece) => (piece.type === 'refusal' ? piece.text : '')).join('')
  if (refusal !== '') return { type: 'refusal', refusal }
  return {
    type: 'output_text',
    text: pieces.map(textOf).join(''),
    annotations: pieces.filter((piece) => piece.type === 'citation').map(urlCitation),
    logprobs: pieces.flatMap((piece) => (piece.type === 'text' ? textLogprobs(request, piece.text) : [])),
  }
}

/** Returns the text of a piece. This protocol has no audio, so its transcript is written. */
export const textOf = (piece: Piece): string =>
  piece.type === 'text' ? piece.text : piece.type === 'audio' ? piece.transcript : ''

export const urlCitation = ({ url, title, end }: PieceOf<'citation'>): object => ({
  type: 'url_citation',
  start_index: 0,
  end_index: end,
  url,
  title,
})

export const textLogprobs = ({ topLogprobs }: ResponsesRequest, token: string): readonly object[] =>
  topLogprobs === null ? [] : [{ token, logprob: logprobOf(token), top_logprobs: alternatives(token, topLogprobs) }]

function callItem(request: ResponsesRequest, call: PieceOf<'tool-call'>, all: readonly Piece[]): OutputItem {
  const pieces = all.filter((piece) => piece.type === 'tool-arguments').filter(({ index }) => index === call.index)
  const text = pieces.map((piece) => piece.text).join('')
  if (request.customTools.has(call.name)) {
    const input: unknown = JSON.parse(text).input
    const item = {
      id: newId('ctc'),
      type: 'custom_tool_call',
      status: 'completed',
      input,
      call_id: call.id,
      name: call.name,
    }
    return { item, pieces: [] }
  }
  return {
    item: {
      id: newId('fc'),
      type: 'function_call',
      status: 'completed',
      arguments: text,
      call_id: call.id,
      name: call.name,
    },
    pieces,
  }
}

function imageItem(piece: PieceOf<'image'>): OutputItem {
  return {
    item: {
      id: newId('ig'),
      type: 'image_generation_call',
      status: 'completed',
      output_format: 'png',
      result: piece.url.slice(piece.url.indexOf(',') + 1),
    },
    pieces: [piece],
  }
}
