import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { useAccount } from '../../account.ts'
import { Button } from '../../parts/button.tsx'
import { Fault } from '../../parts/fault.tsx'
import { TextField } from '../../parts/field.tsx'
import { PageHeader, Panel } from '../../parts/panel.tsx'
import { Code } from './code.tsx'
import { Composer } from './composer.tsx'
import { type Message, noAnswer } from './conversation.ts'
import { ParameterFields } from './parameter-fields.tsx'
import { bodyOf, noParameters } from './parameters.ts'
import { streamAnswer } from './stream-answer.ts'
import { Thread } from './thread.tsx'
import { useChatModels } from './use-chat-models.ts'

interface Side {
  /** Null until one is chosen: then it is the usual one. */
  readonly model: string | null
  readonly messages: readonly Message[]
  readonly isRunning: boolean
}

/** Chats with one model, or with two side by side. The requests are charged to the key `Console` of the account. */
export function PlaygroundPage() {
  const { model = null } = useSearch({ from: '/playground' })
  const navigate = useNavigate({ from: '/playground' })
  const [sides, setSides] = useState<readonly Side[]>([{ model, messages: [], isRunning: false }])
  const account = useAccount()
  const [parameters, setParameters] = useState(noParameters)
  const [error, setError] = useState<unknown>(null)
  const running = useRef<readonly AbortController[]>([])
  useEffect(() => () => running.current.forEach((one) => one.abort()), [])
  const isRunning = sides.some((side) => side.isRunning)
  const { models, usual } = useChatModels()
  const modelOf = (place: number): string => sides[place]?.model ?? usual

  const change = (place: number, changed: Partial<Side>): void =>
    setSides((before) => before.map((side, index) => (index === place ? { ...side, ...changed } : side)))

  async function ask(place: number, messages: readonly Message[], body: object): Promise<void> {
    const stop = new AbortController()
    running.current = [...running.current, stop]
    change(place, { messages: [...messages, noAnswer], isRunning: true })
    for await (const answer of streamAnswer(body, account, stop.signal))
      change(place, { messages: [...messages, answer] })
    change(place, { isRunning: false })
    running.current = running.current.filter((one) => one !== stop)
  }

  /** Adds the messages to the conversations of these sides and sends them. Returns whether they were sent. */
  function send(places: readonly number[], added: readonly Message[]): boolean {
    setError(null)
    try {
      const asked = places.map((place) => {
        const model = modelOf(place)
        if (model === '') throw new Error('Choose a model first.')
        const messages = [...(sides[place]?.messages ?? []), ...added]
        return { place, messages, body: bodyOf(model, messages, parameters) }
      })
      for (const { place, messages, body } of asked) void ask(place, messages, body)
      return true
    } catch (reason) {
      setError(reason)
      return false
    }
  }

  const shownBody = useMemo(() => {
    const side = sides[0]
    if (side === undefined) return null
    const asked = side.messages.at(-1)?.role === 'assistant' ? side.messages.slice(0, -1) : side.messages
    try {
      return bodyOf(side.model ?? usual, asked, parameters)
    } catch {
      return null
    }
  }, [sides, parameters, usual])

  return (
    <>
      <PageHeader title="Playground">
        {sides.length === 1 ? (
          <Button onClick={() => setSides([...sides, { model: null, messages: [], isRunning: false }])}>
            Compare two models
          </Button>
        ) : (
          <Button onClick={() => setSides(sides.slice(0, 1))}>One model</Button>
        )}
        <Button disabled={isRunning} onClick={() => setSides(sides.map((side) => ({ ...side, messages: [] })))}>
          Begin anew
        </Button>
      </PageHeader>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 space-y-4">
          <div className={`grid gap-4 ${sides.length === 2 ? 'md:grid-cols-2' : ''}`}>
            {sides.map((side, place) => (
              <Panel key={place} className="flex min-h-72 flex-col">
                <ModelChoice
                  models={models}
                  label={sides.length === 2 ? `Model ${place + 1}` : 'Model'}
                  value={modelOf(place)}
                  onChange={(next) => {
                    change(place, { model: next })
                    if (place === 0)
                      void navigate({ search: (before) => ({ ...before, model: next || undefined }), replace: true })
                  }}
                />
                <div className="mt-4">
                  <Thread
                    name={modelOf(place)}
                    messages={side.messages}
                    isRunning={side.isRunning}
                    onResults={(results) => send([place], results)}
                  />
                </div>
              </Panel>
            ))}
          </div>
          {error !== null && <Fault error={error} />}
          <Composer
            isRunning={isRunning}
            onSend={(content) => send([...sides.keys()], [{ role: 'user', content }])}
            onStop={() => running.current.forEach((one) => one.abort())}
          />
        </div>
        <div className="min-w-0 space-y-4">
          <Panel title="Parameters">
            <ParameterFields parameters={parameters} onChange={setParameters} />
          </Panel>
          {shownBody !== null && (
            <Panel title="Code">
              <Code body={shownBody} />
            </Panel>
          )}
        </div>
      </div>
    </>
  )
}

interface ModelChoiceProps {
  readonly models: readonly string[]
  readonly label: string
  readonly value: string
  readonly onChange: (model: string) => void
}

function ModelChoice({ models, label, value, onChange }: ModelChoiceProps) {
  const list = useId()
  return (
    <>
      <TextField
        label={label}
        list={list}
        value={value}
        placeholder="author/model"
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={list}>
        {models.map((model) => (
          <option key={model}>{model}</option>
        ))}
      </datalist>
    </>
  )
}
