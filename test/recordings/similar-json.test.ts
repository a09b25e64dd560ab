import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/util/json.ts'
import { SimilarJson } from '../../src/util/similar-json.ts'
import { replyFolders } from './replay.ts'

describe.each(replyFolders)('$name', ({ path }) => {
  test.each(globSync('*/*.chunks.txt', { cwd: path }))('%s says the same as when each chunk is parsed', (name) => {
    const similar = new SimilarJson()
    for (const line of readFileSync(join(path, name), 'utf8').split('\n')) {
      const parsed = similar.parse(line)
      expect(parsed).toEqual(parseJson(line))
      expect(JSON.stringify(parsed)).toBe(JSON.stringify(parseJson(line)))
    }
  })
})
