import { expect, onTestFinished, test } from 'vitest'
import type { SharedState, Topic } from '../../src/storage/stores/shared-state.ts'

/** A topic of texts that begin with "fact". */
export const facts: Topic<string> = {
  name: 'tests',
  read: (value) => (typeof value === 'string' && value.startsWith('fact') ? value : null),
}

/** Listens, and returns what is heard. */
export function heardBy(state: SharedState): string[] {
  const heard: string[] = []
  state.facts.subscribe(facts, ({ fact }) => heard.push(fact))
  return heard
}

type OpenNode = () => Promise<SharedState>

/**
 * What every implementation of the facts of a shared state does.
 * @param between Returns a function that opens nodes which hear each other, and have not started.
 */
export function tellsFacts(between: () => Promise<OpenNode>): void {
  const opener = async (): Promise<OpenNode> => {
    const open = await between()
    return async () => {
      const state = await open()
      onTestFinished(() => state.close())
      return state
    }
  }

  test('what one node tells, every other hears in its order, and it does not hear itself', async () => {
    const node = await opener()
    const [one, two, three] = [await node(), await node(), await node()]
    const heard = [one, two, three].map(heardBy)
    for (const state of [one, two, three]) await state.start()
    const told = Array.from({ length: 1_200 }, (_, index) => `fact ${index}`)
    for (const fact of told) one.facts.publish(facts, fact)
    await expect.poll(() => heard[1]?.length).toBe(told.length)
    await expect.poll(() => heard[2]?.length).toBe(told.length)
    expect(heard).toEqual([[], told, told])
  })

  test('what is no fact of the topic is not heard, nor what nobody asks for', async () => {
    const node = await opener()
    const [one, other] = [await node(), await node()]
    const heard = heardBy(other)
    await one.start()
    await other.start()
    const anything: Topic<string> = { ...facts, read: () => null }
    for (const value of ['no', 'fact 1']) one.facts.publish(anything, value)
    one.facts.publish({ ...facts, name: 'another topic' }, 'fact 2')
    one.facts.publish(facts, 'fact 3')
    await expect.poll(() => heard).toEqual(['fact 1', 'fact 3'])
  })

  test('a listener that throws keeps nobody from hearing', async () => {
    const node = await opener()
    const [one, other] = [await node(), await node()]
    const warned = new Promise((resolve) => process.once('warning', resolve))
    other.facts.subscribe(facts, () => {
      throw new Error('planted')
    })
    const heard = heardBy(other)
    await one.start()
    await other.start()
    one.facts.publish(facts, 'fact')
    await expect.poll(() => heard).toEqual(['fact'])
    expect(await warned).toMatchObject({ message: 'planted' })
  })

  test('after its end a node hears nothing, and what it tells does no harm', async () => {
    const node = await opener()
    const [one, other] = [await node(), await node()]
    const heard = heardBy(other)
    await one.start()
    await other.start()
    await other.close()
    await other.close()
    other.facts.publish(facts, 'fact of the past')
    one.facts.publish(facts, 'fact')
    expect(heard).toEqual([])
  })
}
