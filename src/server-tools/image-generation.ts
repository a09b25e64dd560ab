import { Type } from 'typebox'
import { askModel, type Question, questionMessages } from '../canonical/ask-model.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import { unusable } from '../canonical/search-web.ts'
import { stringOf } from '../util/json.ts'
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
    model: nullish(Type.String({ description: `The model that makes images; ${usualModel} when absent.` })),
  },
  open(parameters, context) {
    const { model: _, ...imageConfig } = parameters
    const model = imageModel(parameters.model, context)
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
        const asking: Question = {
          model,
          messages: questionMessages(null, prompt),
          parameters: {
            modalities: ['image', 'text'],
            ...(Object.keys(imageConfig).length > 0 && { imageConfig }),
          },
        }
        const answer = await askModel(context, request, 'openrouter:image_generation', asking, signal)
        if (answer.type === 'failed') return failedTool(answer.error)
        const [image] = answer.images
        if (image === undefined) return failedTool(`${answer.model} answered without an image.`)
        return { status: 'completed', result: { status: 'ok', imageUrl: shortAddress(image) }, images: answer.images }
      },
    }
  },
})

/** @throws GatewayError 400 for a model that is not offered here, or makes no images. */
function imageModel(asked: string | null | undefined, { models }: FeatureContext): string {
  const slug = asked ?? usualModel
  const model = models.find(slug)
  if (model?.outputModalities.includes('image') === true) return slug
  const makers = models.list().filter(({ outputModalities }) => outputModalities.includes('image'))
  // The usual model is only a default: another one stands in for it.
  const [first] = makers
  if (!asked && first !== undefined) return first.slug
  const advice =
    first === undefined
      ? 'No model that makes images is served here: add one to the configuration.'
      : `Models that do are ${makers
          .slice(0, 3)
          .map(({ slug }) => slug)
          .join(', ')}.`
  const reason = model === null ? `${slug} is not served here` : `${slug} makes no images`
  throw unusable('tools', `openrouter:image_generation needs a model that makes images, and ${reason}. ${advice}`)
}

/** The model needs no megabytes of an image that the user sees. */
const shortAddress = (image: string): string =>
  image.startsWith('data:') ? `${image.slice(0, image.indexOf(',') + 1)}…` : image
