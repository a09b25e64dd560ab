type Examples = Readonly<Record<string, { readonly path: string; readonly body: object }>>

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const city = { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] }

const chat = (path: string, model: string) => (more: object) => ({ path, body: { model, ...more } })
const openai = chat('/v1/chat/completions', 'gpt-5')
const claude = chat('/v1/messages', 'claude-sonnet-4-5')
const response = chat('/v1/responses', 'gpt-5')
const cohere = chat('/v2/chat', 'command-a-03-2025')
const bedrock = (body: object) => ({ path: '/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse', body })
const gemini = (body: object) => ({ path: '/v1beta/models/gemini-3-pro-preview:generateContent', body })

/** Requests of the kinds that each vendor shows in its documentation, by protocol. */
export const examples: Readonly<Record<string, Examples>> = {
  // https://platform.openai.com/docs/api-reference/chat/create
  'chat-completions': {
    'a greeting': openai({
      messages: [
        { role: 'developer', content: 'You are a helpful assistant.' },
        { role: 'user', content: 'Hello!' },
      ],
    }),
    'an image': openai({
      max_tokens: 300,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this image?' },
            { type: 'image_url', image_url: { url: 'https://example.com/boardwalk.jpg' } },
          ],
        },
      ],
    }),
    'a function': openai({
      messages: [{ role: 'user', content: 'What is the weather like in Boston today?' }],
      tools: [{ type: 'function', function: { name: 'get_current_weather', parameters: city } }],
      tool_choice: 'auto',
    }),
    'log probabilities': openai({ messages: [{ role: 'user', content: 'Hello!' }], logprobs: true, top_logprobs: 2 }),
  },
  // https://platform.claude.com/docs/en/api/messages-examples
  messages: {
    'a greeting': claude({ max_tokens: 1024, messages: [{ role: 'user', content: 'Hello, Claude' }] }),
    'several turns': claude({
      max_tokens: 1024,
      system: 'You are a helpful assistant.',
      messages: [
        { role: 'user', content: 'Hello, Claude' },
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'Can you describe LLMs to me?' },
      ],
    }),
    'words in its mouth': claude({
      max_tokens: 1,
      messages: [
        { role: 'user', content: 'What is latin for Ant? (A) Apoidea, (B) Rhopalocera, (C) Formicidae' },
        { role: 'assistant', content: 'The answer is (' },
      ],
    }),
    'an image': claude({
      max_tokens: 1024,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
            { type: 'text', text: 'What is in the above image?' },
          ],
        },
      ],
    }),
    'a tool and its result': claude({
      max_tokens: 1024,
      tools: [{ name: 'get_weather', description: 'Get the current weather', input_schema: city }],
      messages: [
        { role: 'user', content: 'What is the weather like in San Francisco?' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I will check the weather.' },
            { type: 'tool_use', id: 'toolu_01A09q90qw90lq917835lq9', name: 'get_weather', input: { location: 'SF' } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'toolu_01A09q90qw90lq917835lq9', content: '15 degrees' }],
        },
      ],
    }),
    'extended thinking': claude({
      max_tokens: 16000,
      thinking: { type: 'enabled', budget_tokens: 10000 },
      messages: [{ role: 'user', content: 'Are there infinitely many primes such that n mod 4 == 3?' }],
    }),
  },
  // https://ai.google.dev/gemini-api/docs
  'generate-content': {
    'a question': gemini({ contents: [{ role: 'user', parts: [{ text: 'Explain how AI works in a few words' }] }] }),
    'an instruction and a configuration': gemini({
      systemInstruction: { parts: [{ text: 'You are a cat. Your name is Neko.' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hello there' }] }],
      generationConfig: { stopSequences: ['Title'], temperature: 1, topP: 0.8, topK: 10 },
    }),
    'an image': gemini({
      contents: [
        {
          role: 'user',
          parts: [{ inlineData: { mimeType: 'image/png', data: png } }, { text: 'Caption this image.' }],
        },
      ],
    }),
    'a function': gemini({
      contents: [{ role: 'user', parts: [{ text: 'Schedule a meeting with Bob.' }] }],
      tools: [{ functionDeclarations: [{ name: 'schedule_meeting', description: 'Schedules', parameters: city }] }],
    }),
    'structured output': gemini({
      contents: [{ role: 'user', parts: [{ text: 'List a few popular cookie recipes.' }] }],
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: city },
    }),
    thoughts: gemini({
      contents: [{ role: 'user', parts: [{ text: 'Provide a list of 3 famous physicists' }] }],
      generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } },
    }),
  },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-examples.html
  converse: {
    'a question': bedrock({
      system: [{ text: 'You are an app that creates playlists.' }],
      messages: [{ role: 'user', content: [{ text: 'Create a list of 3 pop songs.' }] }],
      inferenceConfig: { temperature: 0.5 },
    }),
    'an image': bedrock({
      messages: [
        {
          role: 'user',
          content: [{ text: 'What is in this image?' }, { image: { format: 'png', source: { bytes: png } } }],
        },
      ],
    }),
    'a document': bedrock({
      messages: [
        {
          role: 'user',
          content: [
            { text: 'Summarise this.' },
            { document: { format: 'txt', name: 'My notes', source: { bytes: 'aGVsbG8=' } } },
          ],
        },
      ],
    }),
    'a tool and its result': bedrock({
      messages: [
        { role: 'user', content: [{ text: 'What is the most popular song on WZPZ?' }] },
        {
          role: 'assistant',
          content: [
            { toolUse: { toolUseId: 'tooluse_hbTgdi0CSLq_hM4P8csZJA', name: 'top_song', input: { sign: 'WZPZ' } } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              toolResult: {
                toolUseId: 'tooluse_hbTgdi0CSLq_hM4P8csZJA',
                content: [{ json: { song: 'Elemental Hotel' } }],
              },
            },
          ],
        },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'top_song', description: 'Finds it', inputSchema: { json: city } } }] },
    }),
    reasoning: bedrock({
      messages: [{ role: 'user', content: [{ text: 'How many r are in strawberry?' }] }],
      inferenceConfig: { maxTokens: 4000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    }),
  },
  // https://platform.openai.com/docs/api-reference/responses/create, with nothing stored
  responses: {
    'a conversation': response({
      store: false,
      input: [
        { role: 'developer', content: 'You are a helpful assistant.' },
        { role: 'user', content: 'Tell me a three sentence bedtime story.' },
      ],
    }),
    'an image': response({
      store: false,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'what is in this image?' },
            { type: 'input_image', image_url: 'https://example.com/boardwalk.jpg' },
          ],
        },
      ],
    }),
    'a function and its result': response({
      store: false,
      input: [
        { role: 'user', content: 'What is the weather like in Paris today?' },
        { type: 'function_call', call_id: 'call_12345xyz', name: 'get_weather', arguments: '{"location":"Paris"}' },
        { type: 'function_call_output', call_id: 'call_12345xyz', output: '14' },
      ],
      tools: [
        { type: 'function', name: 'get_weather', parameters: { ...city, additionalProperties: false }, strict: true },
      ],
    }),
    reasoning: response({
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'high' },
      input: [{ role: 'user', content: 'How much wood would a woodchuck chuck?' }],
    }),
  },
  // https://docs.cohere.com/reference/chat
  'cohere-chat': {
    'a greeting': cohere({ messages: [{ role: 'user', content: 'Hello world!' }] }),
    'an image': cohere({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Describe this image' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
          ],
        },
      ],
    }),
    documents: cohere({
      messages: [{ role: 'user', content: 'Who is more popular: Nsync or Backstreet Boys?' }],
      documents: [{ id: '1', data: { title: 'CSPC', snippet: 'Backstreet Boys popularity analysis' } }],
    }),
    'a tool and its result': cohere({
      messages: [
        { role: 'user', content: 'What is the weather in Toronto?' },
        {
          role: 'assistant',
          tool_plan: 'I will look it up.',
          tool_calls: [
            {
              id: 'get_weather_0',
              type: 'function',
              function: { name: 'get_weather', arguments: '{"location":"Toronto"}' },
            },
          ],
        },
        {
          role: 'tool',
          tool_call_id: 'get_weather_0',
          content: [{ type: 'document', document: { data: '{"t":20}' } }],
        },
      ],
      tools: [{ type: 'function', function: { name: 'get_weather', description: 'Gets it', parameters: city } }],
    }),
  },
}
