import { type SyntheticEvent, useRef, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { Fault } from '../../parts/fault.tsx'
import { TextArea } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { accepted, attach } from './attachments.ts'
import type { Part } from './conversation.ts'

interface ComposerProps {
  readonly isRunning: boolean
  /** Sends a message. Returns whether it was sent: otherwise it stays in the field. */
  readonly onSend: (content: readonly Part[]) => boolean
  readonly onStop: () => void
}

interface Attached {
  readonly name: string
  readonly part: Part
}

/** The field for a message, with files. */
export function Composer({ isRunning, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('')
  const [files, setFiles] = useState<readonly Attached[]>([])
  const [error, setError] = useState<unknown>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const send = (): void => {
    const content: readonly Part[] = [
      ...(text.trim() === '' ? [] : [{ type: 'text' as const, text }]),
      ...files.map(({ part }) => part),
    ]
    if (content.length === 0 || isRunning || !onSend(content)) return
    setText('')
    setFiles([])
  }
  async function add(chosen: readonly File[]): Promise<void> {
    setError(null)
    try {
      const read = await Promise.all(chosen.map(async (file) => ({ name: file.name, part: await attach(file) })))
      setFiles((before) => [...before, ...read])
    } catch (reason) {
      setError(reason)
    }
  }
  return (
    <form
      className="rounded-lg border border-line bg-panel p-3"
      onSubmit={(event: SyntheticEvent<HTMLFormElement>) => {
        event.preventDefault()
        send()
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void add([...event.dataTransfer.files])
      }}
    >
      <TextArea
        label="Message"
        isBare
        rows={3}
        placeholder="Write a message. Enter sends it, Shift+Enter begins a line."
        value={text}
        onChange={({ target }) => setText(target.value)}
        onPaste={({ clipboardData }) => void add([...clipboardData.files])}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      {error !== null && <Fault error={error} />}
      {files.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-2">
          {files.map(({ name }, index) => (
            <li
              key={`${name}${index}`}
              className="flex items-center gap-1 rounded bg-sunken py-0.5 pr-0.5 pl-2 text-xs"
            >
              {name}
              <button
                type="button"
                aria-label={`Take ${name} away`}
                className="rounded p-1 hover:text-bad"
                onClick={() => setFiles(files.filter((_, place) => place !== index))}
              >
                <Icon name="close" className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="mt-2 flex items-center gap-2">
        <input
          ref={chooser}
          type="file"
          multiple
          accept={accepted}
          tabIndex={-1}
          aria-label="Files"
          className="hidden"
          onChange={({ currentTarget }) => {
            void add([...(currentTarget.files ?? [])])
            currentTarget.value = ''
          }}
        />
        <Button look="quiet" onClick={() => chooser.current?.click()}>
          <Icon name="clip" />
          Attach files
        </Button>
        <span className="ml-auto" />
        {isRunning ? (
          <Button onClick={onStop}>Stop</Button>
        ) : (
          <Button type="submit" look="solid" disabled={text.trim() === '' && files.length === 0}>
            Send
          </Button>
        )}
      </div>
    </form>
  )
}
