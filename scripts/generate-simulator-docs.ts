import { behaviours } from '../src/simulator/behaviours.ts'
import { writeOrCheck } from './write-or-check.ts'

writeOrCheck(
  'docs/simulator.md',
  `# The simulator

The simulator is a provider that runs on this machine. It answers normally, or with the faults that a request names. It serves over real
HTTP, streamed or not, under any path prefix (\`/v1/chat/completions\`, \`/prov-a/v1/completions\` …): Chat Completions and legacy
completions, Responses, Anthropic's Messages, Gemini's generateContent, Bedrock's Converse and Cohere's Chat; and embeddings, rankings, images,
speech and transcripts in OpenAI's words and those of other vendors. Below \`/mistral/\` a transcript has the words of Mistral.

Inside the gateway it is \`waygate/simulator\`, which is always steady. To see failures, start \`waygate simulator --port 9001\` (in a clone
\`npm run waygate -- simulator --port 9001\`), and name a model for each [behaviour](#behaviours) in \`waygate.yaml\`. A gateway that runs takes them within two seconds:

\`\`\`yaml
providers: { sim: { base_url: http://127.0.0.1:9001/v1 } }
models:
  sim/steady: { endpoints: [{ provider: sim, model: steady }] }
  sim/down: { endpoints: [{ provider: sim, model: status-503 }] }
  sim/cut: { endpoints: [{ provider: sim, model: cut-after-4 }] }
\`\`\`

The reply is deterministic. It is a fixed text of 12 words; each word is one token and one chunk of a stream. A trailing assistant message
is continued, and \`n\`, \`stop\`, \`max_tokens\`, \`response_format\`, \`tools\`, \`tool_choice\` and \`logprobs\` have their usual effect. No word
of the text occurs twice, so a lost or repeated word is visible.

The simulator also refuses what the vendor of a protocol refuses, with 400 and the vendor's message: an empty \`tools\` or \`stop\`, a fifth
cache breakpoint, an image whose bytes are of another type than it states. Below \`/openai/\` chat completions also have the limits of
OpenAI itself: ids of calls of at most 40 characters, names in the letters that it allows, schemas with \`properties\` and \`items\`, and tools
that return text.

A request that offers a tool which the vendor of the protocol has built in (Anthropic's \`web_search_20250305\` and \`web_fetch_20250910\`,
OpenAI's \`web_search\`, Google's \`googleSearch\` and \`urlContext\`, \`web_search_options\`, OpenRouter's server tools) gets an answer with one
search, two citations and the vendor's count of searches. Below \`/xai/\` Responses has xAI's tools. Below \`/perplexity/\` chat completions
always search, and list their sources beside the choices.

## Behaviours

The model id names the behaviour: \`steady\`, \`status-503\`, \`tokens-60+cut-after-40\`. Parts are joined with \`+\`. A part that is not in
this table has no effect, so \`m1\` is steady. \`first-<n>-<behaviour>\` applies to the first n requests with the same full model id:
\`first-1-status-500+tokens-20\` fails once, then answers with twenty words. A chunk is a frame with content. A fault that names more
chunks than the reply has does not happen.

| in the model id | the simulator |
|---|---|
${behaviours.map(({ pattern, description }) => `| \`${pattern}\` | ${description} |`).join('\n')}

## Control

| request | effect |
|---|---|
| \`POST /_behaviour\` \`{"behaviour":"status-500"}\` | every model has this behaviour, whatever its id; \`null\` removes the override |
| \`POST /_behaviour\` \`{"model":"m1","behaviour":"reset"}\` | the same for one model, with priority over the override of all models |
| \`GET /_journal\` | what was received and how it ended; \`closedBy\` is \`client\` where the client disconnected before the reply was finished |
| \`DELETE /_journal\` | empties the journal, and makes \`first-<n>-…\` count from zero again |

Web pages cannot use these addresses: a request with an \`Origin\`, or with a \`Host\` that is neither an IP address nor a name without a
dot, gets 403. The simulator inside the gateway does not have them.

## Limits

A request gets 400 and the reason where its answer would only fill the memory: JSON of more than 100,000 characters for all its choices
and tool calls together (\`minItems\`, \`minLength\`), more than 128 choices of a prompt or 1,024 of all prompts, more than 20 alternatives
per token, an echo of more than 100,000 tokens, a model id of more than 512 characters.
`,
)
