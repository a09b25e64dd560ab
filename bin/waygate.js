#!/usr/bin/env node
// Old syntax on purpose: an old Node must be able to read this file, so that it can say what is wrong.
import { existsSync } from 'fs'
import nodeModule from 'module'

var version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 19)) {
  console.error(
    'Waygate needs Node 22.19 or newer; this is ' +
      process.version +
      '. Install a newer one from https://nodejs.org. In a clone, `npm run waygate -- --help` uses the one that `npm ci` installed.',
  )
  process.exit(1)
}

// Under load V8 lets its young generation grow to 128 MB, and gains nothing by it: docs/decisions/0039-a-small-young-generation.md. It takes
// the limit only at the start of a process, so this one starts again in its own place, with the same process id. The allocator of the C library
// takes its own limit then, too: without one it keeps memory for each thread that has ever allocated something.
var isLimited = [process.env.NODE_OPTIONS || ''].concat(process.execArgv).some(function (option) {
  return option.indexOf('semi-space-size') >= 0
})
if (process.argv[2] === 'serve' && process.execve && !process.send && !isLimited) {
  var options = process.execArgv.concat('--max-semi-space-size=16')
  var environment = Object.assign({ MALLOC_ARENA_MAX: '2' }, process.env)
  process.execve(process.execPath, [process.execPath].concat(options, process.argv.slice(1)), environment)
}

// A clone runs its sources, also beside a build; the published package holds a build alone.
var source = new URL('../src/cli/cli.ts', import.meta.url)
var isClone = existsSync(source)

// Keeps the compiled sources of a clone, without their types, for the next start, which takes half the time with them. A build gains nothing.
if (isClone && nodeModule.enableCompileCache) nodeModule.enableCompileCache()

void import(isClone ? source.href : new URL('../dist/cli/cli.js', import.meta.url).href)
