import * as fc from 'fast-check'
import { innocentJson } from './innocent-json.ts'
import { asJson, sometimes, text, word } from './request-fields.ts'

const words = text.filter((words) => words !== '')
const tokens = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 4 })

const shared = {
  user: sometimes(word),
  session_id: sometimes(word),
  trace: sometimes(fc.record({ trace_id: word })),
  metadata: sometimes(fc.dictionary(word, word, { maxKeys: 2 })),
  provider: sometimes(fc.constantFrom({}, { sort: 'price' }, { allow_fallbacks: false })),
}

/** Valid bodies of `/embeddings` for a model that reads text, without `model` (contract §8.A4). */
export const embeddingsRequest = asJson(
  fc.record(
    {
      input: fc.oneof(
        words,
        fc.array(words, { minLength: 1, maxLength: 9 }),
        tokens,
        fc.array(tokens, { minLength: 1, maxLength: 9 }),
        fc.array(
          fc.record({
            content: fc.array(fc.record({ type: fc.constant('text'), text: words }), { minLength: 1, maxLength: 2 }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      ),
      dimensions: sometimes(fc.integer({ min: 1, max: 64 })),
      encoding_format: sometimes(fc.constantFrom('float' as const, 'base64' as const)),
      input_type: sometimes(fc.constantFrom('search_query', 'search_document', 'clustering', 'whatever')),
      ...shared,
      vendor_option: sometimes(innocentJson),
    },
    { requiredKeys: ['input'] },
  ),
)

/** Valid bodies of `/rerank`, without `model` (contract §8.B). */
export const rerankRequest = asJson(
  fc.record(
    {
      query: words,
      documents: fc.array(fc.oneof(fc.string({ maxLength: 20 }), fc.record({ text: words })), {
        minLength: 1,
        maxLength: 9,
      }),
      top_n: sometimes(fc.integer({ min: 1, max: 20 })),
      ...shared,
    },
    { requiredKeys: ['query', 'documents'] },
  ),
)
