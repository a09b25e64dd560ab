import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext, runInThisContext } from 'node:vm'
import { expect, test } from 'vitest'
import { keepNewest } from './keep-newest.ts'

setFlagsFromString('--expose-gc')
setFlagsFromString('--allow-natives-syntax')

type Read = (call: { readonly tokens: number; readonly price: number }) => number

/** Collects as V8 does in idle times: it gives back all memory that it can. */
const collect: (options: object) => void = runInNewContext('gc')
const prepare: (read: Read) => void = runInThisContext('(read) => %PrepareFunctionForOptimization(read)')
const compileNext: (read: Read) => void = runInThisContext('(read) => %OptimizeFunctionOnNextCall(read)')
/** Tells whether V8 has compiled code of the function; bit 4 of the status, in V8's `OptimizationStatus`. */
const isCompiled: (read: Read) => boolean = runInThisContext('(read) => (%GetOptimizationStatus(read) & 16) !== 0')

/** Compiles a function that reads the objects of a class of its own. `keep` keeps one of them. */
function compiled() {
  class Call {
    readonly tokens: number
    readonly price: number

    constructor(tokens: number, price: number) {
      this.tokens = tokens
      this.price = price
    }
  }
  const read: Read = runInThisContext('(call) => call.tokens * call.price')
  prepare(read)
  for (let tokens = 0; tokens < 10; tokens++) read(new Call(tokens, 2))
  compileNext(read)
  read(new Call(10, 2))
  return { read, keep: () => keepNewest('call', new Call(11, 2)) }
}

test('compiled code outlasts a collection in idle times while the newest object of its class is kept, and is lost without', async () => {
  const kept = compiled()
  const lost = compiled()
  kept.keep()
  expect([isCompiled(kept.read), isCompiled(lost.read)]).toEqual([true, true])

  await turn()
  collect({ type: 'major', flavor: 'last-resort' })

  expect([isCompiled(kept.read), isCompiled(lost.read)]).toEqual([true, false])
})

test('only the newest is kept', async () => {
  const older = new WeakRef({ tokens: 1 })
  keepNewest('request', older.deref() ?? {})
  keepNewest('request', { tokens: 2 })

  await turn()
  collect({ type: 'major', flavor: 'last-resort' })

  expect(older.deref()).toBeUndefined()
})
