import { expect, test } from 'vitest'
import type { Parameters } from './generation-request.ts'
import type { NativeSearch, NativeTool, NativeToolSupport } from './native-tool.ts'
import { nativeToolFor, toolsAt } from './native-tool-for.ts'
import type { FunctionTool, NativeToolRequest } from './tool.ts'

const search: NativeToolSupport = { name: 'web_search', type: 'search_1' }
const fetch: NativeToolSupport = { name: 'web_fetch', type: 'fetch_1' }
const request = (settings: Omit<NativeSearch, 'name'> = {}): NativeToolRequest => ({
  type: 'native',
  name: 'web_search',
  native: { name: 'web_search', ...settings },
})
const searching: FunctionTool = { type: 'function', name: 'find', native: { name: 'web_search' } }
const reading: FunctionTool = { type: 'function', name: 'read', native: { name: 'web_fetch' } }
const plain: FunctionTool = { type: 'function', name: 'weather' }

/** The names under which an endpoint gets the tools. */
function written(parameters: Parameters, ...nativeTools: readonly NativeToolSupport[]) {
  const { functions, native, toolChoice } = toolsAt(parameters, { nativeTools })
  return { functions: functions.map(({ name }) => name), native: native.map(({ type }) => type), toolChoice }
}

const allowed = ['a.com', 'b.com']
const excluded = ['c.com']

test.each<[domains: NativeToolSupport['domains'], taken: readonly boolean[]]>([
  [undefined, [true, false, false, false]],
  ['allowed', [true, true, false, false]],
  ['either', [true, true, true, false]],
  ['both', [true, true, true, true]],
])('an endpoint with lists of domains: %s', (domains, taken) => {
  const settings = [{}, { allowedDomains: allowed }, { excludedDomains: excluded }]
  const all = [...settings, { allowedDomains: allowed, excludedDomains: excluded }]
  const host = { nativeTools: [{ ...search, domains }] }
  expect(all.map((each) => nativeToolFor(request(each), host) !== null)).toEqual(taken)
})

test('a list may be too long, or have paths that the provider does not know', () => {
  const can = (more: Partial<NativeToolSupport>, allowedDomains: readonly string[]) =>
    nativeToolFor(request({ allowedDomains }), { nativeTools: [{ ...search, domains: 'either', ...more }] }) !== null
  expect(can({ mostDomains: 2 }, allowed)).toBe(true)
  expect(can({ mostDomains: 1 }, allowed)).toBe(false)
  expect(can({}, ['a.com/blog'])).toBe(false)
  expect(can({ paths: true }, ['a.com/blog'])).toBe(true)
})

test('a tool has the native form of its own name alone', () => {
  expect(written({ tools: [searching, reading, plain] }, search)).toEqual({
    functions: ['read', 'weather'],
    native: ['search_1'],
    toolChoice: undefined,
  })
  expect(written({ tools: [searching, reading] }, search, fetch).native).toEqual(['search_1', 'fetch_1'])
  expect(written({ tools: [searching, plain] })).toMatchObject({ functions: ['find', 'weather'], native: [] })
})

test('what only the provider can run is left out elsewhere', () => {
  expect(written({ tools: [request(), plain] })).toMatchObject({ functions: ['weather'], native: [] })
  expect(written({ tools: [request(), plain] }, search)).toMatchObject({ functions: ['weather'], native: ['search_1'] })
})

test('one search is enough: the first counts, and the other stays a function', () => {
  expect(written({ tools: [request(), searching] }, search)).toMatchObject({
    functions: ['find'],
    native: ['search_1'],
  })
})

test('where functions are refused beside it, they win', () => {
  const alone = { ...search, besideFunctions: false } as const
  expect(written({ tools: [searching] }, alone)).toMatchObject({ functions: [], native: ['search_1'] })
  expect(written({ tools: [searching, plain] }, alone)).toMatchObject({ functions: ['find', 'weather'], native: [] })
  expect(written({ tools: [request(), plain] }, alone)).toMatchObject({ functions: ['weather'], native: [] })
  // The one that becomes a function takes the other with it.
  const both = [alone, { ...fetch, besideFunctions: false as const }]
  expect(written({ tools: [searching, reading] }, ...both).native).toEqual(['search_1', 'fetch_1'])
  expect(written({ tools: [searching, reading] }, alone)).toMatchObject({ functions: ['find', 'read'], native: [] })
})

test('where a JSON answer is refused beside it, the answer wins', () => {
  const alone = { ...search, besideJson: false } as const
  const parameters = { tools: [searching] }
  expect(written({ ...parameters, responseFormat: { type: 'json_object' } }, alone).native).toEqual([])
  expect(written({ ...parameters, responseFormat: { type: 'text' } }, alone).native).toEqual(['search_1'])
})

test.each<[choice: Parameters['toolChoice'], expected: object]>([
  ['none', { functions: ['find', 'weather'], native: [], toolChoice: 'none' }],
  ['auto', { functions: ['weather'], native: ['search_1'], toolChoice: 'auto' }],
  ['required', { functions: ['weather'], native: ['search_1'], toolChoice: 'required' }],
  [{ name: 'find' }, { functions: ['find', 'weather'], native: [], toolChoice: { name: 'find' } }],
  [{ name: 'weather' }, { functions: ['weather'], native: ['search_1'], toolChoice: { name: 'weather' } }],
  // Nobody could be made to call it.
  [{ name: 'gone' }, { functions: ['weather'], native: ['search_1'], toolChoice: undefined }],
])('with the choice %j', (toolChoice, expected) => {
  expect(written({ tools: [searching, plain], toolChoice }, search)).toEqual(expected)
})

test('general settings of searches fill what the tool leaves open, and no other tool', () => {
  const settingsOf = (tool: NativeTool) =>
    toolsAt(
      {
        tools: [{ type: 'native', name: tool.name, native: tool }],
        webSearchOptions: { contextSize: 'high', userLocation: { country: 'IT' } },
        xSearchFilter: { fromDate: '2026-01-01' },
      },
      { nativeTools: [search, fetch] },
    ).native[0]?.tool
  const general = { contextSize: 'high', userLocation: { country: 'IT' }, xSearch: { fromDate: '2026-01-01' } }
  expect(settingsOf({ name: 'web_search' })).toEqual({ name: 'web_search', ...general })
  const own = { contextSize: 'low', userLocation: { country: 'FR' }, xSearch: {} } as const
  expect(settingsOf({ name: 'web_search', ...own })).toEqual({ name: 'web_search', ...own })
  expect(settingsOf({ name: 'web_fetch' })).toEqual({ name: 'web_fetch' })
})
