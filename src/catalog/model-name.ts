/**
 * Returns the plain name of a model, by which its template is found. The name is in lower case, without the vendor in front
 * (`moonshotai/Kimi-K2.5`, `accounts/fireworks/models/kimi-k2p5`, `us.anthropic.claude-opus-4-7-v1:0`, `ft:gpt-4o:acme::1`), the size or
 * release after a colon or an at sign, a file extension, and a quantisation or date at its end.
 */
export function modelName(id: string): string {
  const last = id
    .toLowerCase()
    .slice(id.lastIndexOf('/') + 1)
    .replace(/^ft:/, '')
  const [release = ''] = last.split(/[:@]/, 1)
  return (
    withoutMarks(release)
      .replaceAll('_', '-')
      .replace(regionOrVendor, '')
      .replace(regionOrVendor, '')
      .replace(vendorWord, '')
      // Fireworks writes the dot of a version as a `p`.
      .replace(/(?<=\d)p(?=\d)/g, '.')
      .replace(/^deepseek\.(?=[rv]\d)/, 'deepseek-')
  )
}

/** Matches Bedrock's `us.` and `anthropic.`. A version such as `deepseek.v3` does not count as a vendor. */
const regionOrVendor = /^[a-z]+\.(?=[a-z]{2})/
/** Some hosts write a hyphen where others have a slash. */
const vendorWord =
  /^(openai|azure|anthropic|google|zai-org|z-ai|zai|xiaomi|moonshotai|deepseek-ai|mistralai|nvidia)-(?=[a-z])/

function withoutMarks(name: string): string {
  const end = name.length
  if (end > 11 && /^-\d{4}-\d{2}-\d{2}$/.test(name.slice(end - 11))) return withoutMarks(name.slice(0, end - 11))
  const start = Math.max(name.lastIndexOf('-'), name.lastIndexOf('.'))
  return start > 0 && mark.test(name.slice(start + 1)) ? withoutMarks(name.slice(0, start)) : name
}

/** Matches one word at the end: a quantisation, a file format, a form of hosting, a revision or a date. */
const mark = /^(fp\d+|nvfp4|mxfp4|bf16|int[48]|w\d+a\d+|i?q\d[a-z0-9_]*|[48]bit|awq|gptq|gguf|mlx|tee|maas|v\d+|\d{8})$/
