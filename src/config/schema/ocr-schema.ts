import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { address, apiKey, section } from './object.ts'

export const ocr = section(
  {
    mistral: Type.Optional(
      section(
        {
          api_key: Type.String({ ...apiKey, description: 'The API key of Mistral.' }),
          base_url: Type.Optional(
            Type.String({
              ...address,
              default: defaults.ocr.base_url,
              description: 'The address before `/ocr`. It may be private.',
            }),
          ),
          model: Type.Optional(
            Type.String({ minLength: 1, default: defaults.ocr.model, description: 'The model that reads.' }),
          ),
          price_per_1000_pages: Type.Optional(
            Type.Number({
              minimum: 0,
              maximum: 1000,
              default: defaults.ocr.price_per_1000_pages,
              description: 'What a request is charged for 1,000 pages, in USD.',
            }),
          ),
        },
        { description: 'Mistral OCR, the engine `mistral-ocr` of the plugin `file-parser`.' },
      ),
    ),
  },
  { description: 'The engines that read scanned documents.' },
)
