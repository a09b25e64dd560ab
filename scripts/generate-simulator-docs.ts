import { behaviours } from '../src/simulator/behaviours.ts'
import { writeOrCheck } from './write-or-check.ts'

writeOrCheck(
  'docs/simulator.md',
  `# The simulator

A provider that runs on this machine, well-behaved or misbehaving on request. It speaks chat completions and legacy completions
over real HTTP, streamed or not, under any path prefix (\`/v1/chat/completions\`, \`/prov-a/v1/completions\` …).

The reply is deterministic in the request: a fixed text of 12 words, one word a token and a chunk. A trailing assistant message
is continued; \`n\`, \`stop\`, \`max_tokens\`, \`response_format\`, \`tools\`, \`tool_choice\` and \`logprobs\` are honoured. No two words of the
text are alike, so a lost or doubled one shows.

What a language's vendor refuses, it refuses too, with 400 and the vendor's words: an empty \`tools\` or \`stop\`, a fifth cache breakpoint,
an image that is not what it says. Below \`/openai/\` chat completions also have the limits of OpenAI itself: ids of calls of 40
characters, names in its letters, schemas with \`properties\` and \`items\`, and tools that return text.

## Behaviours

The model id says how it behaves: \`steady\`, \`status-503\`, \`tokens-60+cut-after-40\`. Parts are joined with \`+\`; a part that is not
in this table means nothing, so \`m1\` is steady. \`first-<n>-<behaviour>\` applies to the first n requests with the same full model id:
\`first-1-status-500+tokens-20\` fails once, then answers with twenty words. A chunk is a frame with content; where a fault names
more chunks than the reply has, it does not happen.

| in the model id | the simulator |
|---|---|
${behaviours.map(({ pattern, description }) => `| \`${pattern}\` | ${description} |`).join('\n')}

## Control

| request | effect |
|---|---|
| \`POST /_behaviour\` \`{"behaviour":"status-500"}\` | every model behaves so, whatever its id; \`null\` takes it back |
| \`POST /_behaviour\` \`{"model":"m1","behaviour":"reset"}\` | the same for one model; stronger than the former |
| \`GET /_journal\` | what was received and how it ended: \`closedBy\` tells whether the client left before the reply was finished |
| \`DELETE /_journal\` | empties it, and counts for \`first-<n>-…\` anew |

These addresses are not for web pages: a request with an \`Origin\`, or with a \`Host\` that is neither an address nor a name without a dot,
gets 403. The simulator inside the gateway does not have them.

## Bounds

A request is refused with 400, and told why, where its answer would be of no use but to fill the memory: JSON of more than 100,000
characters for all its choices and tool calls together (\`minItems\`, \`minLength\`), more than 128 choices of a prompt or 1,024 of all, more
than 20 alternatives a token, an echo of more than 100,000 tokens, a model id of more than 512 characters.
`,
)
