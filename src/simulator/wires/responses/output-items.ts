import { randomUUID } from 'node:crypto'
import type { Answer, Piece } from '../../answer.ts'
import type { Conduct } from '../../conduct.ts'
import { logprobOf, rivals } from '../token-logprob.ts'
import type { ResponseAsk } from './response-ask.ts'
import { sealedThoughts } from './sealed-thoughts.ts'

type PieceOf<T extends Piece['type']> = Extract<Piece, { type: T }>

/** An output item as it is at the end, with the pieces that it was made of. */
export interface OutputItem {
  readonly item: Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string }
  readonly pieces: readonly Piece[]
}

/** What the answer is made of: thoughts, words, calls, images, each an item of its own. */
export function outputItems(ask: ResponseAsk, answer: Answer, conduct: Conduct): readonly OutputItem[] {
  const pieces = answer.choices[0]?.pieces ?? []
  const thoughts = pieces.filter((piece) => piece.type === 'reasoning')
  const words = pieces.filter((piece) => ['text', 'refusal', 'citation', 'audio'].includes(piece.type))
  const calls = pieces.filter((piece) => piece.type === 'tool-call')
  return [
    ...(conduct.reasoning === null ? [] : [reasoningItem(ask, thoughts)]),
    ...(words.length === 0 ? [] : [messageItem(ask, words)]),
    ...calls.map((call) => callItem(call, pieces)),
    ...pieces.filter((piece) => piece.type === 'image').map(imageItem),
  ]
}

const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`

function reasoningItem(ask: ResponseAsk, pieces: readonly Piece[]): OutputItem {
  const id = newId('rs')
  const text = pieces.map((piece) => (piece.type === 'reasoning' ? piece.text : '')).join('')
  const summary = text === '' ? [] : [{ type: 'summary_text', text }]
  const sealed = sealedThoughts(
    id,
    summary.map((part) => part.text),
  )
  return { item: { id, type: 'reasoning', summary, ...(ask.encrypts && { encrypted_content: sealed }) }, pieces }
}

function messageItem(ask: ResponseAsk, pieces: readonly Piece[]): OutputItem {
  return {
    item: {
      id: newId('msg'),
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [content(ask, pieces)],
    },
    pieces,
  }
}

function content(ask: ResponseAsk, pieces: readonly Piece[]): object {
  const refusal = pieces.map((piece) => (piece.type === 'refusal' ? piece.text : '')).join('')
  if (refusal !== '') return { type: 'refusal', refusal }
  return {
    type: 'output_text',
    text: pieces.map(wordsOf).join(''),
    annotations: pieces.filter((piece) => piece.type === 'citation').map(urlCitation),
    logprobs: pieces.flatMap((piece) => (piece.type === 'text' ? textLogprobs(ask, piece.text) : [])),
  }
}

/** The language has no sound: what would be spoken is written. */
export const wordsOf = (piece: Piece): string =>
  piece.type === 'text' ? piece.text : piece.type === 'audio' ? piece.transcript : ''

export const urlCitation = ({ url, title, end }: PieceOf<'citation'>): object => ({
  type: 'url_citation',
  start_index: 0,
  end_index: end,
  url,
  title,
})

export const textLogprobs = ({ topLogprobs }: ResponseAsk, token: string): readonly object[] =>
  topLogprobs === null ? [] : [{ token, logprob: logprobOf(token), top_logprobs: rivals(token, topLogprobs) }]

function callItem(call: PieceOf<'tool-call'>, all: readonly Piece[]): OutputItem {
  const pieces = all.filter((piece) => piece.type === 'tool-arguments').filter(({ index }) => index === call.index)
  const text = pieces.map((piece) => piece.text).join('')
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
