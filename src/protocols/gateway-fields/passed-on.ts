import { isObject, type JsonObject } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'

/*
 * A field that is passed on as the client wrote it must not make an answer longer, or more answers, than the hold of the call covers.
 * Upstreams read the same field in several spellings, so names are compared by their letters and digits alone.
 */

const things =
  'images?|pictures?|photos?|candidates?|generations?|samples?|completions?|choices|responses?|outputs?|answers?|' +
  '(?:return(?:ed)?)?sequences?|variations?|variants?|beams?|videos?|clips?|tracks?'

/** Names of the number of answers, of budgets for thoughts, and of what makes a token dearer. */
const counts: readonly RegExp[] = [
  /^(?:n|bestof|beamwidth|repeats?|numberresults|numresults)$/,
  new RegExp(`^(?:n|num|numberof|number|count|countof|max|total)(?:${things})`),
  new RegExp(`^(?:${things})(?:num|number|count|total|amount|per[a-z]+)$`),
  /batch(?:size|count)|^n(?:um)?batch|^sequentialimagegeneration/,
  /budget|servicetier|performanceconfig/,
]

/** Names of the longest answer. */
const lengths: readonly RegExp[] = [
  /^max.*(?:token|len|new|gen|predict|output|word|char)/,
  /predict$|^(?:num|new|output|completion|response|generated|thinking|reasoning)(?:new)?tokens?(?:limit)?$/,
  /^(?:token|output)(?:limit|length)$|newtokens|tokens?to(?:generate|sample)|outputtokens?limit/,
]

/** Limits of what is read, not of what is written. */
const reads = /prompt|input|query|doc|context|imagetoken|modellen|cache/

/**
 * What the gateway writes, decides, checks or bills by, in the words of all languages that upstreams are spoken to in. None of it may come
 * in by another way than the request's own fields.
 */
const ours: ReadonlySet<string> = new Set(
  `model models modelid route provider plugins preset transforms fallbacks fallbackmodels
  messages message chathistory prompt prompts input inputs texts contents system instructions systeminstruction
  conversation previousresponseid cachedcontent mcpservers connectors datasources background deferred store
  tools toolchoice toolconfig functions functioncall websearch websearchoptions searchparameters enablesearch
  modalities responsemodalities audio speechconfig
  thinking thinkingconfig thinkinglevel reasoning reasoningconfig reasoningeffort includereasoning effort
  stream streamoptions speed inferencegeo user metadata safetyidentifier promptcacheoptions
  proto`.split(/\s+/),
)

/** Fields whose parts have names of the client's own, such as the properties of a schema, and enlarge nothing. */
const named =
  /schema$|^guided|^responseformat$|^structuredoutputs?$|^chattemplatekwargs$|^requestmetadata$|^labels$|^logitbias$|^voicesettings$/

/** Returns what all spellings of a name have in common. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')

const isAmong = (patterns: readonly RegExp[], name: string): boolean =>
  patterns.some((pattern) => search(pattern, name) !== null)

const enlarges = (name: string): boolean => isAmong(counts, name) || (isAmong(lengths, name) && !isRead(name))

/** `max_prompt_and_new_tokens` would be both. */
const isRead = (name: string): boolean =>
  search(reads, name) !== null && search(/new|output|gen|predict/, name) === null

const isOurs = (name: string): boolean => ours.has(name) || enlarges(name)

/** A longer name is nobody's, and would be slow to compare. */
const longestName = 256

/** Tells whether a field may not be passed on. Readers of forms and of paths take `n[]`, `n[0]` and `a.n` for `n`. */
function isKept(name: string, value: unknown, isBarred: (name: string) => boolean): boolean {
  if (name.length > longestName) return false
  const barred = [name, ...name.split(/[.[\]]+/)].map(plainName).filter(isBarred)
  // What is switched off, and one answer, enlarge nothing.
  return barred.length === 0 || value === false || (value === 1 && barred.every(enlarges))
}

function without(fields: JsonObject, isBarred: (name: string) => boolean): JsonObject {
  let isSame = true
  const kept = Object.entries(fields).flatMap(([name, value]) => {
    if (!isKept(name, value, isBarred)) {
      isSame = false
      return []
    }
    const passed = search(named, plainName(name)) !== null ? value : inside(value, isBarred)
    if (passed !== value) isSame = false
    return [[name, passed] as const]
  })
  return isSame ? fields : Object.fromEntries(kept)
}

/** Values nest no deeper than the gateway reads JSON (`limits.json_depth`). */
function inside(value: unknown, isBarred: (name: string) => boolean): unknown {
  if (isObject(value)) return without(value, isBarred)
  if (!Array.isArray(value)) return value
  const passed = value.map((each) => inside(each, isBarred))
  return passed.some((each, index) => each !== value[index]) ? passed : value
}

/** Leaves out, at any depth, whatever would make more or longer answers than are held for. For unknown fields of a chat. */
export const withoutEnlarging = (fields: JsonObject): JsonObject => without(fields, enlarges)

/**
 * Leaves out, at any depth, whatever would make more or longer answers than are held for, and what the gateway itself writes or decides. For
 * `provider.options`, and for unknown fields of requests that are no chats.
 */
export const withoutOurs = (fields: JsonObject): JsonObject => without(fields, isOurs)
