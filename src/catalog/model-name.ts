/**
 * Writes an id of a model plainly, so that what is known of the model is found: in small letters, without the vendor before it
 * (`moonshotai/Kimi-K2.5`, `accounts/fireworks/models/kimi-k2p5`, `us.anthropic.claude-opus-4-7-v1:0`, `ft:gpt-4o:acme::1`), the size or
 * release behind a colon or an at sign, a file's ending, and the marks of a quantisation or a date at its end.
 */
export function modelName(id: string): string {
  let name = id.toLowerCase().replaceAll('_', '-')
  name = name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/^ft:/, '')
    .replace(/[:@].*$/, '')
  name = name
    .replace(/\.gguf$/, '')
    .replace(regionOrVendor, '')
    .replace(regionOrVendor, '')
    .replace(vendorWord, '')
  // Fireworks writes the point of a version as a letter.
  name = name.replace(/(?<=\d)p(?=\d)/g, '.').replace(/^deepseek\.(?=[rv]\d)/, 'deepseek-')
  for (let shorter = withoutMark(name); shorter !== name; shorter = withoutMark(name)) name = shorter
  return name
}

/** Bedrock's `us.` and `anthropic.`; a version such as `deepseek.v3` is no vendor. */
const regionOrVendor = /^[a-z]+\.(?=[a-z]{2})/
/** Hosts that write a hyphen where others have a slash. */
const vendorWord =
  /^(openai|azure|anthropic|google|zai-org|z-ai|zai|xiaomi|moonshotai|deepseek-ai|mistralai|nvidia)-(?=[a-z])/
const mark =
  /[-.](fp\d+|nvfp4|mxfp4|bf16|int[48]|w\d+a\d+|q\d[a-z0-9-]*|iq\d[a-z0-9-]*|[48]bit|awq|gptq|gguf|mlx|tee|maas|v\d+|\d{4}-\d{2}-\d{2}|\d{8})$/

const withoutMark = (name: string): string => name.replace(mark, '')
