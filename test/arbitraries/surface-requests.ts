import * as fc from 'fast-check'

const text = fc.string({ minLength: 1, maxLength: 20 })
const parameters = fc.constant({ type: 'object', properties: { city: { type: 'string' } } })
const name = fc.stringMatching(/^[a-z]{1,10}$/)

const sampling = {
  temperature: fc.constantFrom(0, 0.5, 1, null),
  top_p: fc.constantFrom(0.1, 1, null),
  stream: fc.boolean(),
  session_id: text,
  trace: fc.record({ trace_id: text }),
  provider: fc.constantFrom({ sort: 'price' }, { allow_fallbacks: false }, null),
}

/** Valid bodies of `/messages`, without `model`. */
export const messagesRequest = fc.record(
  {
    messages: fc
      .array(
        fc.oneof(
          text,
          fc.array(
            text.map((words) => ({ type: 'text', text: words })),
            { minLength: 1, maxLength: 2 },
          ),
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((contents) => contents.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }))),
    max_tokens: fc.integer({ min: 1, max: 40 }),
    system: fc.oneof(text, fc.constant([{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }])),
    stop_sequences: fc.array(text, { maxLength: 2 }),
    top_k: fc.constantFrom(0, 5, null),
    tools: fc.uniqueArray(fc.record({ name, description: text, input_schema: parameters }), {
      selector: (tool) => tool.name,
      maxLength: 2,
    }),
    tool_choice: fc.constantFrom({ type: 'auto' }, { type: 'none' }),
    thinking: fc.constantFrom({ type: 'disabled' }, { type: 'adaptive' }),
    metadata: fc.record({ user_id: text }),
    ...sampling,
  },
  { requiredKeys: ['messages'] },
)

const item = fc.oneof(
  text.map((content) => ({ role: 'user', content })),
  text.map((words) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] })),
)

/** Valid bodies of `/responses`, without `model`. */
export const responsesRequest = fc.record(
  {
    input: fc.oneof(text, fc.array(item, { minLength: 1, maxLength: 3 })),
    instructions: text,
    max_output_tokens: fc.integer({ min: 1, max: 40 }),
    tools: fc.uniqueArray(fc.record({ type: fc.constant('function'), name, parameters, strict: fc.boolean() }), {
      selector: (tool) => tool.name,
      maxLength: 2,
    }),
    tool_choice: fc.constantFrom('auto', 'none'),
    parallel_tool_calls: fc.boolean(),
    text: fc.constantFrom({ verbosity: 'low' }, { format: { type: 'text' } }, null),
    include: fc.constant(['reasoning.encrypted_content']),
    truncation: fc.constantFrom('disabled', null),
    store: fc.constantFrom(false, null),
    ...sampling,
  },
  { requiredKeys: ['input'] },
)
