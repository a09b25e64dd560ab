import { useEffect, useState } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** A button that copies a text. */
export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <Button look="quiet" className="px-2" onClick={() => void copy(text).then(() => setCopied(true))}>
      <Icon name={isCopied ? 'check' : 'copy'} />
      <span aria-live="polite">{isCopied ? 'Copied' : label}</span>
    </Button>
  )
}

/** The clipboard of browsers is there over TLS and on this machine only. Elsewhere the text is selected and copied as by hand. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

/** A text of code, or of a model, that keeps its spaces. */
export function CodeBlock({
  text,
  label,
  isTall = false,
}: {
  readonly text: string
  readonly label: string
  readonly isTall?: boolean
}) {
  return (
    <div className="relative">
      <pre
        tabIndex={0}
        aria-label={label}
        className={`${isTall ? 'max-h-[32rem]' : 'max-h-72'} overflow-auto rounded-md border border-line bg-sunken p-3 pr-20 font-mono text-xs leading-5 break-words whitespace-pre-wrap`}
      >
        {text}
      </pre>
      <div className="absolute top-1.5 right-1.5 rounded bg-sunken">
        <CopyButton text={text} />
      </div>
    </div>
  )
}
