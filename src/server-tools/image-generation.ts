import { Type } from 'typebox'
import { askModel, isAnswerable, type Question, questionMessages } from '../canonical/ask-model.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import { frameOf } from '../canonical/frame-of.ts'
import type { ChatRequest, ImagesInput } from '../canonical/generation-request.ts'
import type { OfferedModel } from '../canonical/offered-model.ts'
import { unusable } from '../canonical/search-web.ts'
import { countOf, type JsonObject, stringOf } from '../util/json.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool, failedTool } from './server-tool.ts'

/** The model of OpenRouter's tool (contract §1.4). */
const usualModel = 'openai/gpt-5-image'

/** Has an image made by another model, and shows it to the client (contract §1.4). */
export default defineServerTool({
  type: 'openrouter:image_generation',
  title: 'ImageGenerationTool',
  description: 'The model may have an image made. Other parameters are those of `image_config`.',
  parameters: {
    model: nullish(
      Type.String({
        description: `The model that makes images. Absent: ${usualModel}, or where that cannot serve the request, another one.`,
      }),
    ),
  },
  open(parameters, context) {
    const { model: _, ...imageConfig } = parameters
    const makers = imageMakers(parameters.model, context)
    return {
      function: {
        type: 'function',
        name: 'image_generation',
        description: 'Makes an image. The user sees it.',
        parameters: {
          type: 'object',
          properties: { prompt: { type: 'string', description: 'What the image shows.' } },
          required: ['prompt'],
          additionalProperties: false,
        },
      },
      async run(given, { request, signal }) {
        const prompt = stringOf(given['prompt'])
        if (!prompt) return failedTool('The argument "prompt" is missing.')
        const asking = questionFor(makers, prompt, imageConfig, context, request)
        const answer = await askModel(context, request, 'openrouter:image_generation', asking, signal)
        if (answer.type === 'failed') return failedTool(answer.error)
        const [image] = answer.images
        if (image === undefined) return failedTool(`${answer.model} answered without an image.`)
        return { status: 'completed', result: { status: 'ok', imageUrl: shortAddress(image) }, images: answer.images }
      },
    }
  },
})

/** A model that makes images, and how it is asked for one. */
interface ImageMaker {
  /** The name by which it is asked. */
  readonly slug: string
  readonly operation: 'chat' | 'images'
  readonly outputModalities: readonly string[]
}

type ImageMakers = readonly [ImageMaker, ...ImageMaker[]]

/**
 * Lists the ways to have an image made, in the order to prefer: those of the model that was asked for, or else those of all models.
 * @throws GatewayError 400 for a model that is not offered here, or makes no images.
 */
function imageMakers(asked: string | null | undefined, { models }: FeatureContext): ImageMakers {
  const slug = asked ?? usualModel
  const model = models.find(slug)
  const named = model === null ? [] : waysOf(model, slug)
  const all = models.list().flatMap((each) => waysOf(each))
  // The usual model is only a default: another one stands in for it.
  const [first, ...others] = asked ? named : [...named, ...all.toSorted((one, other) => rankOf(one) - rankOf(other))]
  if (first !== undefined) return [first, ...others]
  const slugs = [...new Set(all.map((maker) => maker.slug))]
  const advice =
    slugs.length === 0
      ? 'No model that makes images is served here: add one to the configuration.'
      : `Models that do are ${slugs.slice(0, 3).join(', ')}.`
  const reason = model === null ? `${slug} is not served here` : `${slug} makes no images`
  throw unusable('tools', `openrouter:image_generation needs a model that makes images, and ${reason}. ${advice}`)
}

/** Lists how a model is asked for an image: in a chat where it chats, or else at the address of images. Empty: it makes none. */
function waysOf({ slug, endpoints, outputModalities }: OfferedModel, name = slug): readonly ImageMaker[] {
  if (!outputModalities.includes('image')) return []
  return (['chat', 'images'] as const)
    .filter((operation) => endpoints.some(({ operations }) => operations.includes(operation)))
    .map((operation) => ({ slug: name, operation, outputModalities }))
}

/** The usual model chats, so that one which chats is more like it. The simulator stands in only where nothing else does. */
const rankOf = ({ slug, operation }: ImageMaker): number =>
  (slug.startsWith('waygate/') ? 2 : 0) + (operation === 'chat' ? 0 : 1)

/** Makes the question for the first maker that the request leaves open. Where it leaves none, the failure of the first one tells why. */
function questionFor(
  makers: ImageMakers,
  prompt: string,
  imageConfig: JsonObject,
  context: FeatureContext,
  request: ChatRequest,
): Question {
  const asking = (maker: ImageMaker): Question => askFor(maker, prompt, imageConfig)
  const open = makers.values().map(asking)
  return open.find((question) => isAnswerable(context, request, question)) ?? asking(makers[0])
}

function askFor({ slug, operation, outputModalities }: ImageMaker, prompt: string, imageConfig: JsonObject): Question {
  switch (operation) {
    case 'chat':
      return {
        model: slug,
        messages: questionMessages(null, prompt),
        parameters: {
          modalities: ['image', 'text'].filter((modality) => outputModalities.includes(modality)),
          ...(Object.keys(imageConfig).length > 0 && { imageConfig }),
        },
      }
    case 'images': {
      // Gemini's name for a size is none that others have.
      const { image_size: size, ...body } = imageConfig
      return { model: slug, input: imagesInput(prompt, { size, ...body }), body }
    }
  }
}

/** Takes from `image_config` what `POST /images` has. */
const imagesInput = (prompt: string, config: JsonObject): ImagesInput => ({
  type: 'images',
  prompt,
  references: [],
  frame: frameOf({
    size: stringOf(config['size']),
    resolution: stringOf(config['resolution']),
    aspect_ratio: stringOf(config['aspect_ratio']),
  }),
  quality: stringOf(config['quality']),
  outputFormat: stringOf(config['output_format']),
  background: stringOf(config['background']),
  outputCompression: countOf(config['output_compression']),
  seed: countOf(config['seed']),
})

/** The model needs no megabytes of an image that the user sees. */
const shortAddress = (image: string): string =>
  image.startsWith('data:') ? `${image.slice(0, image.indexOf(',') + 1)}…` : image
