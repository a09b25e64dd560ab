import { Type } from 'typebox'
import type { FeatureContext } from '../../canonical/feature-context.ts'
import type { TextRequest } from '../../canonical/generation-request.ts'
import type { OfferedEndpoint, OfferedModel } from '../../canonical/offered-model.ts'
import { estimatePromptTokens, estimateTools, mostPromptTokens } from '../../canonical/prompt-tokens.ts'
import type { PipelineStage } from '../../canonical/router-metadata.ts'
import { withMessages } from '../../canonical/with-messages.ts'
import { nullish } from '../../util/nullish.ts'
import { definePlugin } from '../plugin.ts'
import { middleOut } from './middle-out.ts'
import { shortenPrompts } from './shorten-text.ts'
import { chooseWindow, type Window } from './window.ts'

/** The contexts for which the plugin runs by default (contract §6.4). */
const smallContext = 8_192

/** The largest correction of an estimate (health/token-calibration.ts). */
const mostFactor = 4

/**
 * How much of the room is used where something has to be left out: the length is an estimate, and a client that set no limit for the output
 * wants some output all the same.
 */
const share = 0.9

export default definePlugin({
  id: 'context-compression',
  order: 50,
  title: 'ContextCompressionPlugin',
  description: 'Shortens a conversation that exceeds the context window.',
  settings: {
    engine: nullish(Type.Literal('middle-out')),
  },
  runsByDefault: (_, [first]) =>
    first !== undefined &&
    first.endpoints.length > 0 &&
    first.endpoints.every(({ contextLength }) => contextLength !== null && contextLength <= smallContext) &&
    !isOnlyImages(first),
  start: () => {
    let stage: PipelineStage | null = null
    /** The window that the request of this turn needs since it was shortened; null where it was not. */
    let needed: number | null = null
    return {
      onTurn(request, context) {
        needed = null
        const window = tooSmallWindow(request, context)
        if (window === null) return request
        const shortened = shorten(request, window)
        if (shortened === null) return request
        needed = estimatePromptTokens(shortened) * window.tokenFactor + (request.parameters.maxTokens ?? 0)
        const { pipeline } = context.generation
        const newest = stageOf(request, shortened)
        if (stage === null) pipeline.push(newest)
        else pipeline[pipeline.indexOf(stage)] = newest
        stage = newest
        return shortened
      },
      onCandidates(candidates) {
        const least = needed
        if (least === null) return candidates
        const fitting = candidates.filter(({ endpoint }) => (endpoint.contextLength ?? Infinity) >= least)
        return fitting.length > 0 ? fitting : candidates
      },
    }
  },
})

/** Returns the window that the request is to fit; null where there is nothing to do. */
function tooSmallWindow(request: TextRequest, context: FeatureContext): Window | null {
  // The usual case takes no estimate: it is never more tokens than characters, before its correction.
  if (isShort(request, context.choices)) return null
  const admitted = context.admit(request).filter(({ endpoint }) => !isOnlyImages(endpoint))
  return chooseWindow(admitted, estimatePromptTokens(request), request)
}

function isShort(request: TextRequest, choices: readonly OfferedModel[]): boolean {
  const endpoints = choices.flatMap((model) => model.endpoints)
  const smallest = Math.min(...endpoints.map(({ contextLength }) => contextLength ?? Infinity))
  const fewest = Math.min(...endpoints.map(({ template }) => template.mostMessages ?? Infinity))
  const { input, parameters } = request
  const count = input.type === 'messages' ? input.messages.length : 0
  return mostPromptTokens(request) * mostFactor + (parameters.maxTokens ?? 0) <= smallest && count <= fewest
}

function shorten(request: TextRequest, { length, mostMessages, tokenFactor }: Window): TextRequest | null {
  const room = (share * (length - (request.parameters.maxTokens ?? 0))) / tokenFactor - estimateTools(request)
  if (request.operation === 'completions') {
    const prompts = shortenPrompts(request.input.prompts, room)
    return prompts === null ? null : { ...request, input: { ...request.input, prompts } }
  }
  const messages = middleOut(request.input.messages, room, mostMessages)
  if (messages === null) return null
  return withMessages(request, messages)
}

function stageOf(before: TextRequest, after: TextRequest): PipelineStage {
  const isChat = before.input.type === 'messages'
  return {
    type: 'context_compression',
    name: 'context-compression',
    data: {
      engine: 'middle-out',
      input_type: isChat ? 'messages' : 'prompt',
      original_count: countOf(before),
      compressed_count: countOf(after),
    },
  }
}

/** Counts messages, or the tokens of prompts, of which none is left out. */
const countOf = (request: TextRequest): number =>
  request.input.type === 'messages' ? request.input.messages.length : estimatePromptTokens(request)

const isOnlyImages = ({ outputModalities }: OfferedEndpoint | OfferedModel): boolean =>
  outputModalities.length > 0 && outputModalities.every((modality) => modality === 'image')
