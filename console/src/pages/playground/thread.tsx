import { Link } from '@tanstack/react-router'
import { type SyntheticEvent, useState } from 'react'
import { money } from '../../format/money.ts'
import { duration } from '../../format/time.ts'
import { Button } from '../../parts/button.tsx'
import { Fault } from '../../parts/fault.tsx'
import { TextField } from '../../parts/field.tsx'
import type { Answer, Message, Part, ToolCall } from './conversation.ts'

interface ThreadProps {
  readonly name: string
  readonly messages: readonly Message[]
  readonly isRunning: boolean
  /** Answers the calls of tools that the last answer asked for. */
  readonly onResults: (results: readonly Message[]) => void
}

/** The conversation with one model. */
export function Thread({ name, messages, isRunning, onResults }: ThreadProps) {
  return (
    <div role="log" aria-label={`Conversation with ${name}`} aria-busy={isRunning} className="space-y-4">
      {messages.map((message, index) => {
        const isLast = index === messages.length - 1
        if (message.role === 'user') return <Asked key={index} parts={message.content} />
        if (message.role === 'tool') {
          return (
            <p key={index} className="rounded-md border border-line px-3 py-1.5 font-mono text-xs break-words">
              {message.content}
            </p>
          )
        }
        return (
          <div key={index}>
            <Answered answer={message} isRunning={isRunning && isLast} />
            {isLast && !isRunning && message.toolCalls.length > 0 && (
              <ToolResults calls={message.toolCalls} onResults={onResults} />
            )}
          </div>
        )
      })}
    </div>
  )
}

function Asked({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <div className="ml-auto w-fit max-w-[90%] space-y-2 rounded-lg bg-accent-back px-3 py-2">
      {parts.map((part, index) => {
        if (part.type === 'text') {
          return (
            <p key={index} className="break-words whitespace-pre-wrap">
              {part.text}
            </p>
          )
        }
        if (part.type === 'image_url')
          return <img key={index} src={part.image_url.url} alt="Attached" className="max-h-48 rounded" />
        return (
          <p key={index} className="text-xs text-soft">
            {part.type === 'file' ? part.file.filename : `a recording (${part.input_audio.format})`}
          </p>
        )
      })}
    </div>
  )
}

function Answered({ answer, isRunning }: { readonly answer: Answer; readonly isRunning: boolean }) {
  const { text, reasoning, images, toolCalls, error } = answer
  return (
    <div className="space-y-2">
      {reasoning !== '' && (
        <details open={isRunning && text === ''} className="rounded-md border border-line">
          <summary className="px-3 py-1 text-xs text-soft">Reasoning</summary>
          <p className="max-h-72 overflow-y-auto px-3 pb-2 text-xs break-words whitespace-pre-wrap text-soft">
            {reasoning}
          </p>
        </details>
      )}
      {text !== '' && <p className="text-[0.9rem] leading-6 break-words whitespace-pre-wrap">{text}</p>}
      {images.map((url, index) => (
        <img key={index} src={url} alt="Made by the model" className="max-h-96 rounded-md border border-line" />
      ))}
      {toolCalls.map(({ id, function: { name, arguments: given } }) => (
        <pre
          key={id}
          className="overflow-x-auto rounded-md border border-line bg-sunken px-3 py-1.5 font-mono text-xs whitespace-pre-wrap"
        >
          {name}({given})
        </pre>
      ))}
      {error !== null && <Fault error={new Error(error)} />}
      {isRunning && text === '' && reasoning === '' && <p className="animate-pulse text-soft">…</p>}
      <Figures answer={answer} />
    </div>
  )
}

/** What the answer cost, how long it took, and where it came from. */
function Figures({ answer }: { readonly answer: Answer }) {
  const { provider, promptTokens, completionTokens, cost, firstMs, totalMs, finish, generation } = answer
  const figures = [
    provider,
    promptTokens !== null && completionTokens !== null ? `${promptTokens} + ${completionTokens} tokens` : null,
    cost === null ? null : money(cost),
    firstMs === null ? null : `first token ${duration(firstMs)}`,
    totalMs === null ? null : `in all ${duration(totalMs)}`,
    finish,
  ].filter((text) => text !== null)
  return (
    <p className="text-xs text-soft tabular-nums">
      {figures.join(' · ')}
      {generation !== null && totalMs !== null && (
        <>
          {' · '}
          <Link to="/requests/$id" params={{ id: generation }} className="text-accent underline">
            its route
          </Link>
        </>
      )}
    </p>
  )
}

/** The fields for the results of the tools that the model called: the playground runs none itself. */
function ToolResults({
  calls,
  onResults,
}: {
  readonly calls: readonly ToolCall[]
  readonly onResults: ThreadProps['onResults']
}) {
  const [results, setResults] = useState<Readonly<Record<string, string>>>({})
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault()
    onResults(calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: results[id] ?? '' })))
  }
  return (
    <form onSubmit={submit} className="mt-2 space-y-2 rounded-md border border-line p-3">
      {calls.map(({ id, function: { name } }) => (
        <TextField
          key={id}
          label={`What ${name} returns`}
          required
          value={results[id] ?? ''}
          onChange={({ target }) => setResults({ ...results, [id]: target.value })}
        />
      ))}
      <Button type="submit">Send the results</Button>
    </form>
  )
}
